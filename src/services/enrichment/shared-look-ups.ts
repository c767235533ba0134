import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '../../audit/types.ts';
import type { EnrichmentRepository } from '../../store/enrichment-types.ts';
import type { LookedUp } from './types.ts';

/** An answer, and its age if it comes from the cache. */
export interface Answer extends LookedUp {
  cached: boolean;
  ageMs: number;
}

/** A look-up: where its answer is cached, how it is found, and for how long it is valid. */
export interface LookUpRequest {
  key: string;
  org: string;
  refresh: boolean;
  find: () => Promise<LookedUp>;
  ttlOf: (found: LookedUp['result']) => number;
}

/** How long the claim of a process that died blocks others. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
/** How often the answer of another process is polled, at first and at most. */
const POLL_MS = 50;
const MAX_POLL_MS = 500;

/**
 * Runs each look-up once for all simultaneous callers, in this process and in others on the same
 * store.
 */
export class SharedLookUps {
  readonly #kept: EnrichmentRepository;
  readonly #running = new Map<string, Promise<Answer>>();

  constructor(kept: EnrichmentRepository) {
    this.#kept = kept;
  }

  /**
   * The cached answer, the answer of a look-up in progress, or a new one. Throws the errors of
   * `find` and of the store.
   */
  async answer(request: LookUpRequest): Promise<Answer> {
    const { key, refresh } = request;
    const running = this.#running.get(key);
    if (running) return running;
    const kept = refresh ? null : await this.#get(key);
    return kept ?? this.#running.get(key) ?? this.#begin(request);
  }

  #begin(request: LookUpRequest): Promise<Answer> {
    const answer = this.#fly(request).finally(() => this.#running.delete(request.key));
    this.#running.set(request.key, answer);
    return answer;
  }

  async #get(key: string): Promise<Answer | null> {
    const kept = await this.#kept.get(key);
    return kept && { ...(kept.content as unknown as LookedUp), cached: true, ageMs: kept.ageMs };
  }

  async #fly(request: LookUpRequest): Promise<Answer> {
    const { key, org, refresh } = request;
    const owner = randomUUID();
    const started = performance.now();
    for (let wait = POLL_MS; ; wait = Math.min(2 * wait, MAX_POLL_MS)) {
      if (await this.#kept.claim({ key, org }, owner, { ttlMs: LEASE_MS, refresh }))
        return this.#find(request, owner);
      // Another process is looking it up, or has done so. A refresh accepts an answer found since
      // it began.
      const kept = await this.#get(key);
      if (kept && (!refresh || kept.ageMs <= performance.now() - started)) return kept;
      await delay(wait);
    }
  }

  async #find({ key, org, find, ttlOf }: LookUpRequest, owner: string): Promise<Answer> {
    const renew = (): void =>
      void this.#kept.claim({ key, org }, owner, { ttlMs: LEASE_MS }).catch(() => undefined);
    const timer = setInterval(renew, RENEW_MS);
    let keeping = false;
    try {
      const found = await find();
      const { result } = found;
      if (result.errors.length === 0) {
        keeping = true;
        const userId = result.extracted?.user_id ?? null;
        await this.#kept.keep(key, owner, {
          userId,
          content: found as unknown as JsonObject,
          ttlMs: ttlOf(result),
        });
      }
      return { ...found, cached: false, ageMs: 0 };
    } finally {
      clearInterval(timer);
      if (!keeping) await this.#kept.release(key, owner).catch(() => undefined);
    }
  }
}
