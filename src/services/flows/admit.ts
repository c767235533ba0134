import { readIssue } from '../../flows/issue.ts';
import { refuseAge } from '../../flows/refusals.ts';
import { routeFor, routeOf } from '../../flows/routing.ts';
import { eventDigestOf, runIdOf, sameEvent } from '../../flows/run-id.ts';
import type { Flow, Issue, Route } from '../../flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import { endOfAccount, endOfGrant, inputsOf, runRecord } from './run-record.ts';
import type { ImmediateEnd, GivenInputs } from './run-record.ts';
import { dryRunIdOf, newRunId, refusalRunId, consumesEventId } from './ids.ts';
import { openRun } from './open-run.ts';
import { inputRefusal, refusal } from './refusal.ts';
import type { FlowRefusal } from './refusal.ts';
import type { Session } from './session.ts';
import type { RunRequest, FlowServiceParts, OpenedRun } from './types.ts';

/**
 * Opens the run for an event, or returns the run that the event already has. Throws FlowRefusal.
 */
export async function admit(
  parts: FlowServiceParts,
  session: Session,
  request: RunRequest,
): Promise<OpenedRun> {
  const requested = request.flow === undefined ? null : session.requireFlow(request.flow, 'run');
  if (requested === null) session.requireAnyRun();
  const issue = issueIn(request.event);
  const chosen = choose(session, { issue, requested, given: request.inputs ?? {} });
  const record = draft(parts, session, { request, issue, chosen });
  if (record.dryRun) {
    requireEnabled(session, { requested, chosen, record });
    return openRun(parts, record);
  }
  const earlier = await earlierRun(parts, { record, issue, chosen });
  if (earlier !== null) return { record: earlier, created: false };
  requireEnabled(session, { requested, chosen, record });
  const opened = await openRun(
    parts,
    record,
    consumesEventId(record) ? createConflictGuard(parts, record) : undefined,
  );
  if (opened.record.eventDigest !== record.eventDigest) throw refusal('conflict');
  return opened;
}

/** The flow for an event, and the inputs given for it. */
interface Chosen {
  flow: Flow | null;
  given: GivenInputs;
}

function issueIn(event: unknown): Issue {
  const reading = readIssue(event);
  if (reading.ok) return reading.issue;
  throw inputRefusal(
    `The event is malformed: ${reading.message}.`,
    reading.field,
    'Send the event in the form of Okta ISPM: issue.onDemand or issue.created.',
  );
}

function choose(
  session: Session,
  { issue, requested, given }: { issue: Issue; requested: Flow | null; given: GivenInputs },
): Chosen {
  const { entity } = issue;
  const row = entity.kind === 'account' ? routeOf(issue, session.config.routes) : null;
  if (requested?.kind === 'acts') {
    return {
      flow: requested,
      given: row?.flow === requested.name ? { ...row.inputs, ...given } : given,
    };
  }
  const flow = row && session.flowNamed(row.flow);
  if (!row || !flow) return { flow: null, given };
  session.requirePermission(flow.name, 'run');
  return { flow, given: { ...row.inputs, ...given } };
}

interface Admission {
  request: RunRequest;
  issue: Issue;
  chosen: Chosen;
}

function draft(
  parts: FlowServiceParts,
  session: Session,
  { request, issue, chosen }: Admission,
): FlowRunRecord {
  const { flow } = chosen;
  const end = endOf(parts, { request, issue, chosen });
  const eventDigest = eventDigestOf(issue, request.inputs ?? {});
  const ofEvent = runIdOf(flow?.name ?? null, issue);
  const { caller } = session.identity;
  const dryRun = request.dryRun ?? false;
  const run =
    end?.outcome === 'denied' ? refusalRunId(ofEvent, { code: end.code, eventDigest }) : ofEvent;
  return runRecord({
    run: dryRun ? dryRunId(parts, request) : run,
    caller,
    issue,
    dryRun,
    eventDigest,
    flow,
    end,
    inputs: end === null ? inputsFor(session, issue, chosen) : {},
    at: parts.now().toISOString(),
  });
}

const dryRunId = (
  { newId = newRunId }: FlowServiceParts,
  { idempotencyKey }: RunRequest,
): string => (idempotencyKey === undefined ? newId() : dryRunIdOf(idempotencyKey));

function endOf(
  parts: FlowServiceParts,
  { request, issue, chosen }: Admission,
): ImmediateEnd | null {
  const { entity } = issue;
  const settings = parts.settings();
  const stale = request.checkAge
    ? refuseAge(issue, { now: parts.now().getTime(), maxAgeMs: settings.maxEventAgeMs })
    : null;
  const aged: ImmediateEnd | null = stale && { outcome: 'denied', ...stale };
  if (entity.kind === 'person') return aged;
  const end =
    entity.kind === 'account'
      ? endOfAccount(entity.account, chosen.flow, settings)
      : endOfGrant(entity, settings);
  return end?.outcome === 'denied' ? end : (aged ?? end);
}

/**
 * The inputs of a run. The run of a person keeps them as given, once each is known to be an input
 * of a flow for one of the accounts. Throws FlowRefusal malformed.
 */
function inputsFor(session: Session, issue: Issue, { flow, given }: Chosen): GivenInputs {
  if (issue.entity.kind === 'person') {
    const flows = flow ? [flow] : flowsOfPerson(session, issue);
    const stray = Object.keys(given).find(
      (name) => !flows.some(({ inputs }) => Object.hasOwn(inputs, name)),
    );
    if (stray !== undefined) throw unknownInput(stray, flows);
    return given;
  }
  if (!flow) return {};
  const resolved = inputsOf(flow, issue, given);
  if (!resolved.ok) throw wrongInput(resolved.problem.field, resolved.problem.message);
  return resolved.inputs;
}

function unknownInput(name: string, flows: readonly Flow[]): FlowRefusal {
  const known = [...new Set(flows.flatMap(({ inputs }) => Object.keys(inputs)))];
  // Other text could be a value in the wrong place.
  const shown = /^[A-Za-z]\w{0,63}$/.test(name) ? name : 'of this name';
  return wrongInput(
    'inputs',
    `inputs: no flow for these accounts has an input ${shown}; they have ${known.join(', ') || 'none'}`,
  );
}

const wrongInput = (field: string, message: string) =>
  inputRefusal(
    `An input is missing or wrong: ${message}.`,
    field,
    'Set it with --input NAME=VALUE or in routing.yaml; `arx flows show FLOW` lists the inputs.',
  );

function flowsOfPerson(session: Session, { entity, title }: Issue): Flow[] {
  const accounts = entity.kind === 'person' ? entity.accounts : [];
  const rows = accounts.map(({ product }): Route | null =>
    routeFor({ product, title }, session.config.routes),
  );
  return rows.flatMap((row) => (row && session.flowNamed(row.flow)) ?? []);
}

/**
 * Throws FlowRefusal disabled. If there are routing flows, events over HTTP are accepted only while
 * one of them is enabled.
 */
function requireEnabled(
  session: Session,
  { requested, chosen, record }: { requested: Flow | null; chosen: Chosen; record: FlowRunRecord },
): void {
  const routing = session.flows.filter(({ kind }) => kind === 'routes');
  const closed =
    requested === null &&
    session.requester.surface === 'api' &&
    routing.length > 0 &&
    routing.every(isOff);
  if (closed || (requested && isOff(requested))) throw refusal('disabled');
  if (record.outcome === null && chosen.flow && isOff(chosen.flow)) throw refusal('disabled');
}

const isOff = ({ enabled }: Flow): boolean => !enabled;

/**
 * The run that this event already has, whether or not it was refused on arrival. Throws FlowRefusal
 * conflict if the event id belongs to a different event.
 */
async function earlierRun(
  { store }: FlowServiceParts,
  { record, issue, chosen }: { record: FlowRunRecord; issue: Issue; chosen: Chosen },
): Promise<FlowRunRecord | null> {
  const earlier =
    (await store.flows.get(runIdOf(chosen.flow?.name ?? null, issue))) ??
    (await store.flows.get(record.run));
  if (earlier === null || earlier.eventDigest === record.eventDigest) return earlier;
  // A foreign or stale event gets its own refusal.
  if (!consumesEventId(record)) return store.flows.get(record.run);
  throw refusal('conflict');
}

/**
 * Throws FlowRefusal conflict if the event id was used for a different event or with other inputs.
 */
function createConflictGuard(
  { store }: FlowServiceParts,
  { run, eventId, eventDigest }: FlowRunRecord,
) {
  return async (tx: StoreTransaction): Promise<void> => {
    const uses = (await store.flows.usesOf(eventId, tx)).filter(consumesEventId);
    const differs = uses.some((use) =>
      use.run === run ? use.eventDigest !== eventDigest : !sameEvent(use.eventDigest, eventDigest),
    );
    if (differs) throw refusal('conflict');
  };
}
