import { ANONYMOUS, principalOfKey } from '../../../governance/principal.ts';
import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { requestDraft } from '../../../services/flows/audit-entries.ts';
import type { FlowRequester } from '../../../services/flows/types.ts';
import type { AccessKey } from '../../../store/governance-types.ts';
import { MinuteCap } from '../../minute-cap.ts';
import { Problem, problemOf } from '../../problem.ts';
import { MAX_RECORDED_PER_MINUTE } from '../../refusals.ts';
import type { ServerParts } from '../../types.ts';
import { KeyLimits } from '../key-limits.ts';
import { checkLimit } from '../key-access.ts';
import type { KeyAccess } from '../key-access.ts';

export type FlowEnv = { Variables: { key: AccessKey; requester: FlowRequester; outcome: string } };

const LIMIT = { what: 'sent more requests', setting: 'remediation.requests_per_minute' };

/** What a request is about, for the audit trail and the counters. */
export type RequestSubject = 'event' | 'flow' | 'history' | 'sets';

/**
 * Access to the flow routes: authenticates keys, limits their rate, and records requests that are
 * refused before the flow service sees them.
 */
export class FlowAccess {
  readonly #parts: ServerParts;
  readonly #access: KeyAccess;
  readonly #limits: KeyLimits;
  readonly #cap: MinuteCap;

  constructor(parts: ServerParts, access: KeyAccess) {
    this.#parts = parts;
    this.#access = access;
    this.#limits = new KeyLimits(parts.flows.requestsPerMinute, parts.now);
    this.#cap = new MinuteCap(MAX_RECORDED_PER_MINUTE, parts.now);
  }

  /** Creates an app whose routes require a valid key; `requester` in the context is its holder. */
  createApp(about: RequestSubject): Hono<FlowEnv> {
    const app = new Hono<FlowEnv>();
    app.use(async (context, next) => {
      await next();
      await this.#report(context, about);
    });
    app.use(async (context, next) => {
      const key = await this.#access.authenticate(context);
      context.set('key', key);
      context.set('requester', requesterOf(key));
      this.#access.checkScope(context, key);
      checkLimit(this.#limits, key, LIMIT);
      await next();
    });
    return app;
  }

  /** The flow service records its own refusals; refusals before it are recorded here. */
  async #report(context: Context<FlowEnv>, about: RequestSubject): Promise<void> {
    const { error } = context;
    const code = error
      ? problemOf(error).code
      : ((context.get('outcome') as string | undefined) ?? 'answered');
    this.#parts.counters.count('arx_server_flow_requests_total', { about, code });
    if (error instanceof Problem && error.status < 500)
      await this.#record(context, about, error.code);
  }

  /** Never throws: the refusal is valid even if it cannot be recorded. */
  async #record(context: Context<FlowEnv>, about: RequestSubject, code: string): Promise<void> {
    const { store, now, log } = this.#parts;
    const requester = (context.get('requester') as FlowRequester | undefined) ?? UNAUTHENTICATED;
    const key = (context.get('key') as AccessKey | undefined)?.name ?? null;
    // A stranger cannot use up what is recorded about the holders of keys.
    if (!this.#cap.take(key === null ? 'strangers' : { key }))
      return log.warn({ code }, 'a request about flows was refused');
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
        'a request was refused, but the refusal could not be recorded',
      );
    }
  }
}

const UNAUTHENTICATED: FlowRequester = {
  principal: ANONYMOUS,
  authenticatedBy: 'none',
  surface: 'api',
};

/** A user's key acts for that user, any other key for itself. */
const requesterOf = (key: AccessKey): FlowRequester => ({
  principal: principalOfKey(key),
  authenticatedBy: 'key',
  surface: 'api',
});
