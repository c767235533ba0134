/** Tries every permission that a sync needs. */

import { randomUUID } from 'node:crypto';
import type { CallEvent } from '../../connectors/transport/exchange.ts';
import type { CallContext, Call, OktaOperations } from '../../connectors/types.ts';
import { CAPABILITY_NAMES, PROBES, SCOPES, WITHOUT } from './probes.ts';
import type { CapabilityName, FoundIds, Probe } from './probes.ts';

type State = 'ok' | 'denied' | 'error';

/** The result of one call. */
interface ProbeResult {
  operation: string;
  /** `untried`: there was nothing to try it with. */
  state: State | 'untried';
  /** HTTP status; null if no response came. */
  http: number | null;
  latencyMs: number | null;
  /** Calls per window, as reported by Okta. */
  limit: number | null;
  /** Why it is not ok; null if it is ok. */
  reason: string | null;
  /** Code of the error; null if there was none. */
  code: string | null;
}

/** The result for one permission; the figures are those of the call that determines its state. */
export interface Capability extends Omit<ProbeResult, 'state'> {
  name: CapabilityName;
  state: State;
  /** OAuth scope that a service app needs for it. */
  scope: string;
  /** What fails without it. */
  without: string;
  probes: ProbeResult[];
}

/** The Okta connector, and access to its last exchange. */
interface OktaProbeTarget {
  okta: Call<OktaOperations>;
  lastExchange: () => CallEvent | null;
}

/** Who tries the permissions, as recorded. */
export type Tester = Pick<CallContext<unknown>['caller'], 'authenticatedBy' | 'surface'>;

/** Tries every permission of a sync separately, even if others are refused. */
export async function tryCapabilities(
  tried: OktaProbeTarget,
  tester: Tester,
): Promise<Capability[]> {
  const found: FoundIds = { users: [], groups: [], apps: [] };
  const contextFor = contextOf(randomUUID(), tester);
  const results: { capability: CapabilityName; result: ProbeResult }[] = [];
  for (const probe of PROBES)
    results.push({
      capability: probe.capability,
      result: await tryProbe(probe, found, { ...tried, contextFor }),
    });
  return CAPABILITY_NAMES.map((name) =>
    capabilityOf(
      name,
      results.filter(({ capability }) => capability === name).map(({ result }) => result),
    ),
  );
}

/** Uses the principal of the sync, so that its policy applies. */
const contextOf =
  (run: string, tester: Tester) =>
  <Output>(subject: string): CallContext<Output> => ({
    caller: {
      principal: 'workflow:okta-sync',
      ...tester,
      workflowId: `okta-test/${run}`,
      run,
    },
    subject,
    priority: 'interactive',
  });

type ProbeContext = OktaProbeTarget & { contextFor: ReturnType<typeof contextOf> };

/**
 * A call refused for one user or group may be allowed for the next; it is denied only if all are
 * refused.
 */
async function tryProbe(probe: Probe, found: FoundIds, trying: ProbeContext): Promise<ProbeResult> {
  const subjects = probe.with ? [...new Set(found[probe.with])].slice(0, 3) : [''];
  let result = defaultResult(probe);
  for (const id of subjects) {
    result = await runProbe(probe, { ...trying, id, found });
    if (result.state === 'ok' || !isSubjectSpecific(result)) break;
  }
  return result;
}

/** Okta answers 501 for some built-in groups. */
const isSubjectSpecific = ({ code, http }: ProbeResult): boolean =>
  http === 501 || SUBJECT_SPECIFIC.has(code ?? '');
const SUBJECT_SPECIFIC: ReadonlySet<string> = new Set(['forbidden', 'not_found', 'malformed']);

async function runProbe(
  probe: Probe,
  { okta, contextFor, lastExchange, id, found }: ProbeContext & { id: string; found: FoundIds },
) {
  const before = lastExchange();
  try {
    const ids = await probe.ask(okta, contextFor, id);
    if (probe.finds) found[probe.finds].push(...ids);
    const isEmpty = probe.neverEmpty && ids.length === 0;
    return resultOf(
      probe,
      isEmpty ? { state: 'denied', code: 'empty', reason: EMPTY } : OK,
      exchangeAfter(before, lastExchange()),
    );
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    const state = DENIALS.has(code) ? ('denied' as const) : ('error' as const);
    return resultOf(probe, { state, code, reason: message }, exchangeAfter(before, lastExchange()));
  }
}

/** Code and message of an error of the connector. */
function failureOf(thrown: unknown): { code: string; message: string } {
  const { name, message, code }: { name?: string; message?: string; code?: unknown } =
    thrown instanceof Error ? thrown : {};
  const coded = typeof code === 'string' && code !== '' ? code.toLowerCase() : null;
  const byName = name === 'PolicyDeniedError' ? 'policy_denied' : coded;
  return { code: byName ?? 'internal', message: message ?? 'An unexpected error occurred.' };
}

const OK = { state: 'ok', code: null, reason: null } as const;
const DENIALS: ReadonlySet<string> = new Set(['forbidden', 'policy_denied']);
const EMPTY = 'Okta lists no users: the credential may not see any user';

/** The exchange of this call, if there was one. */
const exchangeAfter = (before: CallEvent | null, after: CallEvent | null): CallEvent | null =>
  after === before ? null : after;

const resultOf = (
  { operation }: Probe,
  outcome: Pick<ProbeResult, 'state' | 'code' | 'reason'>,
  event: CallEvent | null,
): ProbeResult => ({
  operation,
  ...outcome,
  http: event?.status ?? null,
  latencyMs: event === null ? null : Math.round(event.durationMs),
  limit: event?.rateLimit?.limit ?? null,
});

const defaultResult = (probe: Probe): ProbeResult => ({
  operation: probe.operation,
  state: 'untried',
  http: null,
  latencyMs: null,
  limit: null,
  reason: `not tried: no ${probe.with ?? 'items'} to try it with could be listed`,
  code: null,
});

const WORST = ['denied', 'error', 'untried', 'ok'] as const;

/**
 * A partly denied permission is denied. Calls that could not be tried do not count if another call
 * worked.
 */
function capabilityOf(name: CapabilityName, probes: ProbeResult[]): Capability {
  const counted = probes.some(({ state }) => state === 'ok')
    ? probes.filter(({ state }) => state !== 'untried')
    : probes;
  const [worst = defaultResult(PROBES[0]!)] = counted.toSorted(
    (a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state),
  );
  const state = worst.state === 'untried' ? 'error' : worst.state;
  return { name, ...worst, state, scope: SCOPES[name], without: WITHOUT[name], probes };
}
