import { randomUUID } from 'node:crypto';
import type { CallEvent } from '../../connectors/transport/exchange.ts';
import type { CallContext, Call, OktaOperations } from '../../connectors/types.ts';
import { toCliError } from '../kit/errors.ts';
import { CAPABILITY_NAMES, PROBES, SCOPES } from './probes.ts';
import type { CapabilityName, Found, Probe } from './probes.ts';

type State = 'ok' | 'denied' | 'error';

/** How one call went. */
export interface ProbeResult {
  operation: string;
  /** `untried`: there was nothing to try it with. */
  state: State | 'untried';
  /** Null where no answer came. */
  http: number | null;
  latencyMs: number | null;
  /** Calls that Okta allows in a window, as the answer says. */
  limit: number | null;
  /** Why it is not ok; null where it is. */
  reason: string | null;
  /** Code of the error; null where there was none. */
  code: string | null;
}

/** One permission as tried; the figures are those of the call that decides its state. */
export interface Capability extends Omit<ProbeResult, 'state'> {
  name: CapabilityName;
  state: State;
  /** OAuth scope that a service app needs for it. */
  scope: string;
  probes: ProbeResult[];
}

/** Okta, and where what was seen of its last answer is found. */
export interface Tried {
  okta: Call<OktaOperations>;
  last: () => CallEvent | null;
}

/**
 * Tries every permission of a sync on its own; a refusal of one keeps none of the others from being
 * tried.
 */
export async function tryCapabilities(tried: Tried): Promise<Capability[]> {
  const found: Found = { users: [], groups: [], apps: [] };
  const about = contextOf(randomUUID());
  const results: { capability: CapabilityName; result: ProbeResult }[] = [];
  for (const probe of PROBES)
    results.push({
      capability: probe.capability,
      result: await tryProbe(probe, found, { ...tried, about }),
    });
  return CAPABILITY_NAMES.map((name) =>
    capabilityOf(
      name,
      results.filter(({ capability }) => capability === name).map(({ result }) => result),
    ),
  );
}

/** As the sync itself: by its principal, under its policy. */
const contextOf =
  (run: string) =>
  <Output>(subject: string): CallContext<Output> => ({
    caller: {
      principal: 'workflow:okta-sync',
      authenticatedBy: 'cli',
      surface: 'cli',
      workflowId: `okta-test/${run}`,
      run,
    },
    subject,
    priority: 'interactive',
  });

type Trying = Tried & { about: ReturnType<typeof contextOf> };

/**
 * One that is refused for a user or a group may be allowed for the next: only where all are refused
 * it is denied.
 */
async function tryProbe(probe: Probe, found: Found, trying: Trying): Promise<ProbeResult> {
  const subjects = probe.with ? [...new Set(found[probe.with])].slice(0, 3) : [''];
  let result = defaultResult(probe);
  for (const id of subjects) {
    result = await once(probe, { ...trying, id, found });
    if (result.state === 'ok' || !PERHAPS_THIS_ONE.has(result.code ?? '')) break;
  }
  return result;
}
const PERHAPS_THIS_ONE: ReadonlySet<string> = new Set(['forbidden', 'not_found']);

async function once(
  probe: Probe,
  { okta, about, last, id, found }: Trying & { id: string; found: Found },
) {
  const before = last();
  try {
    const ids = await probe.ask(okta, about, id);
    if (probe.finds) found[probe.finds].push(...ids);
    const nobody = probe.neverEmpty && ids.length === 0;
    return resultOf(
      probe,
      nobody ? { state: 'denied', code: 'empty', reason: EMPTY } : OK,
      since(before, last()),
    );
  } catch (thrown) {
    const { code, message } = toCliError(thrown);
    const state = DENIALS.has(code) ? ('denied' as const) : ('error' as const);
    return resultOf(probe, { state, code, reason: message }, since(before, last()));
  }
}

const OK = { state: 'ok', code: null, reason: null } as const;
const DENIALS: ReadonlySet<string> = new Set(['forbidden', 'policy_denied']);
const EMPTY = 'Okta answers but lists nobody: the credential may see no user';

/** What was exchanged for this call alone. */
const since = (before: CallEvent | null, after: CallEvent | null): CallEvent | null =>
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
  reason: `not tried: none of the ${probe.with ?? 'items'} that it needs could be listed`,
  code: null,
});

const WORST = ['denied', 'error', 'untried', 'ok'] as const;

/**
 * What is not allowed in part is not allowed; what could not be tried takes nothing from what
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
  return { name, ...worst, state, scope: SCOPES[name], probes };
}
