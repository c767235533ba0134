import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '../../audit/types.ts';
import type { EnrichmentRepository } from '../../store/enrichment-types.ts';
import type { LookedUp } from './types.ts';

/** An answer, and how old it is where it was kept. */
export interface Answer extends LookedUp {
  cached: boolean;
  ageMs: number;
}

/**
 * What is asked for: where its answer is kept, how it is found out, and for how long that holds.
 */
export interface LookUpRequest {
  key: string;
  org: string;
  refresh: boolean;
  find: () => Promise<LookedUp>;
  ttlOf: (found: LookedUp['result']) => number;
}

/** A process that died holds a row up this long. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
/** How often the answer of another process is looked for. */
const POLL_MS = 50;
const MAX_POLL_MS = 500;

/**
 * Finds each answer out once for everybody who asks meanwhile, in this process and in others on the
 * same store.
 */
export class SharedLookUps {
  readonly #kept: EnrichmentRepository;
  readonly #running = new Map<string, Promise<Answer>>();

  constructor(kept: EnrichmentRepository) {
    this.#kept = kept;
  }

  /**
   * The answer that is kept, or that somebody is finding out, or found out now. Throws as `find`
   * and the store do.
   */
  async answer(flight: LookUpRequest): Promise<Answer> {
    const { key, refresh } = flight;
    const running = this.#running.get(key);
    if (running) return running;
    const kept = refresh ? null : await this.#get(key);
    return kept ?? this.#running.get(key) ?? this.#begin(flight);
  }

  #begin(flight: LookUpRequest): Promise<Answer> {
    const answer = this.#fly(flight).finally(() => this.#running.delete(flight.key));
    this.#running.set(flight.key, answer);
    return answer;
  }

  async #get(key: string): Promise<Answer | null> {
    const kept = await this.#kept.get(key);
    return kept && { ...(kept.content as unknown as LookedUp), cached: true, ageMs: kept.ageMs };
  }

  async #fly(flight: LookUpRequest): Promise<Answer> {
    const { key, org, refresh } = flight;
    const owner = randomUUID();
    const started = performance.now();
    for (let wait = POLL_MS; ; wait = Math.min(2 * wait, MAX_POLL_MS)) {
      if (await this.#kept.claim({ key, org }, owner, { ttlMs: LEASE_MS, anew: refresh }))
        return this.#find(flight, owner);
      // Somebody else is at it, or has been. Who asks anew takes what was found since.
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
