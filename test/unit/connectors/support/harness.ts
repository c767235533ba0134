import { AuditUnavailableError } from '../../../../src/audit/errors.ts';
import { Secret } from '../../../../src/config/env/secret.ts';
import { createConnectors } from '../../../../src/connectors/create.ts';
import type {
  AppendOptions,
  AuditDraft,
  AuditReceipt,
  Journal,
  JournalEffect,
} from '../../../../src/audit/types.ts';
import type { ConnectorSettings } from '../../../../src/connectors/create.ts';
import type { CallEvent } from '../../../../src/connectors/transport/exchange.ts';
import type { CallContext, Caller, Connectors } from '../../../../src/connectors/types.ts';
import type { Policy, PolicyBundle, Risk } from '../../../../src/governance/types.ts';

export const USER = '00uAAAAAAAAAAAAAAAAA';
export const GROUP = '00gAAAAAAAAAAAAAAAAA';
export const PRINCIPAL = 'workflow:mfa-enforcement-check';
export const TOKEN = 'canary-token-5b1f';

/** Keeps drafts in order; can fail from a given append on. */
export class MemoryJournal implements Journal {
  readonly drafts: AuditDraft[] = [];
  failFrom = Infinity;
  #appends = 0;

  async append(
    drafts: readonly AuditDraft[],
    effect?: JournalEffect,
    _options?: AppendOptions,
  ): Promise<readonly AuditReceipt[]> {
    this.#appends += 1;
    if (this.#appends >= this.failFrom) throw new AuditUnavailableError('the test says so');
    await effect?.(undefined as never);
    this.drafts.push(...drafts);
    return drafts.map(() => ({ id: '', hash: '', repeated: false }));
  }

  get kinds(): string[] {
    return this.drafts.map(({ kind }) => kind);
  }
}

/** A policy as returned by the loader. */
export function policy(
  part: Partial<Policy> & { connector: string; operations: string[] },
): Policy {
  const place = { file: 'test.yaml', line: 1 };
  const plain = {
    deny: [],
    approval: {},
    hitlChannel: null,
    approvers: null,
    ceiling: 'cap' as const,
    places: {},
    place,
  };
  return {
    name: `test-${part.connector}`,
    principals: [],
    riskMax: 'MEDIUM' as Risk,
    ...plain,
    ...part,
  };
}

/** Grants every operation up to MEDIUM to all callers. */
export const OPEN_BUNDLE: PolicyBundle = {
  ok: true,
  digest: 'b'.repeat(64),
  policies: ['okta', 'jira', 'slack'].map((connector) =>
    policy({ connector, operations: ['*:*'] }),
  ),
};

export const CALLER: Caller = {
  principal: PRINCIPAL,
  authenticatedBy: 'worker',
  surface: 'workflow',
  workflowId: 'mfa-1',
  run: 'run-1',
};

export const context = <Output>(part: Partial<CallContext<Output>> = {}): CallContext<Output> => ({
  caller: CALLER,
  subject: 'subject-1',
  targetChecked: true,
  facts: { removes: 0 },
  ...part,
});

export interface Harness {
  connectors: Connectors;
  journal: MemoryJournal;
  events: CallEvent[];
}

/** Connectors whose three vendors share one address, with every operation granted by default. */
export function harness(origin: string, overrides: Partial<ConnectorSettings> = {}): Harness {
  const journal = new MemoryJournal();
  const events: CallEvent[] = [];
  const connectors = createConnectors({
    okta: {
      origin,
      host: new URL(origin).host,
      credential: { kind: 'ssws', token: new Secret(TOKEN) },
    },
    jira: { origin, email: 'robot@example.com', token: new Secret(TOKEN), projectKey: 'SEC' },
    slack: { apiUrl: `${origin}/api/`, token: new Secret(TOKEN) },
    journal,
    bundle: () => OPEN_BUNDLE,
    guardrails: () => ({ riskMax: {} }),
    now: () => new Date('2026-01-05T08:00:00.000Z'),
    observe: (event) => events.push(event),
    // Loading an SDK on a busy machine takes seconds.
    timeoutMs: 20_000,
    quota: { share: 1, reserve: 0, warningThreshold: false },
    ...overrides,
  });
  return { connectors, journal, events };
}

/** The reason of a rejected promise; fails if it was not rejected. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new TypeError('expected a rejection');
  return outcome;
}
