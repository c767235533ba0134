import { ANONYMOUS, principalOfKey } from '../../../governance/principal.ts';
import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { requestDraft } from '../../../services/flows/audit-entries.ts';
import type { FlowRequester } from '../../../services/flows/types.ts';
import type { AccessKey } from '../../../store/governance-types.ts';
import { MinuteCap } from '../../minute-cap.ts';
import { Problem, problemOf } from '../../problem.ts';
import { A_MINUTE } from '../../refusals.ts';
import type { ServerParts } from '../../types.ts';
import { KeyLimits } from '../key-limits.ts';
import { KeyRing } from '../key-ring.ts';

export type FlowEnv = { Variables: { key: AccessKey; requester: FlowRequester; became: string } };

/** What requests are about, as trail and counters name it. */
export type About = 'event' | 'flow' | 'history' | 'sets';

/**
 * Who comes in, how often, and what stands in the trail of those who are turned away before the
 * service sees them.
 */
export class Door {
  readonly #parts: ServerParts;
  readonly #keys: KeyRing;
  readonly #limits: KeyLimits;
  readonly #cap: MinuteCap;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#keys = new KeyRing(parts);
    this.#limits = new KeyLimits(parts.flows.perMinute, parts.now);
    this.#cap = new MinuteCap(A_MINUTE, parts.now);
  }

  /** An app whose routes only holders of a key get to; `requester` of the context is who that is. */
  app(about: About): Hono<FlowEnv> {
    const app = new Hono<FlowEnv>();
    app.use(async (context, next) => {
      await next();
      await this.#note(context, about);
    });
    app.use(async (context, next) => {
      const key = await this.#keys.owner(context.req.raw.headers);
      context.set('key', key);
      context.set('requester', askerOf(key));
      this.#allow(key);
      await next();
    });
    return app;
  }

  #allow(key: AccessKey): void {
    const wait = this.#limits.take(key, 1);
    if (wait === null) return;
    throw new Problem(429, 'rate_limited', {
      message: 'This access key has asked more often than it may in a minute.',
      remedy: `Come back in ${wait} s. arx.yaml sets the limit: remediation.requests_per_minute.`,
      retryAfter: wait,
    });
  }

  /** The service puts on record what it refuses; what did not get there is put on record here. */
  async #note(context: Context<FlowEnv>, about: About): Promise<void> {
    const { error } = context;
    const code = error
      ? problemOf(error).code
      : ((context.get('became') as string | undefined) ?? 'answered');
    this.#parts.counters.count('arx_server_flow_requests_total', { about, code });
    if (error instanceof Problem && error.status < 500)
      await this.#record(context, about, error.code);
  }

  /** Never throws: the refusal stands whether or not it could be recorded. */
  async #record(context: Context<FlowEnv>, about: About, code: string): Promise<void> {
    const { store, now, log } = this.#parts;
    if (!this.#cap.take()) return log.warn({ code }, 'a request about flows was refused');
    const requester = (context.get('requester') as FlowRequester | undefined) ?? STRANGER;
    const key = (context.get('key') as AccessKey | undefined)?.name ?? null;
    const entry = {
      kind: 'flow.refused',
      subject: about,
      caller: { ...requester, personId: null },
    } as const;
    const draft = requestDraft(randomBytes(16).toString('hex'), now().toISOString(), {
      ...entry,
      outcome: { code, key },
    });
    try {
      await store.journal.append([draft]);
    } catch (thrown) {
      log.error(
        { code, error: (thrown as Error).name },
        'a request was refused, and that could not be recorded',
      );
    }
  }
}

const STRANGER: FlowRequester = {
  principal: ANONYMOUS,
  authenticatedBy: 'none',
  surface: 'api',
};

/** A person's key asks as that person, any other for itself. */
const askerOf = (key: AccessKey): FlowRequester => ({
  principal: principalOfKey(key),
  authenticatedBy: 'key',
  surface: 'api',
});
