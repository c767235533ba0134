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
import type { Session } from './session.ts';
import type { RunRequest, FlowServiceParts, OpenedRun } from './types.ts';

/** What an event is to be done with. */
interface Chosen {
  flow: Flow | null;
  given: GivenInputs;
}

/** Opens the run that an event asks for, or gives the one that it had. Throws FlowRefusal. */
export async function admit(
  parts: FlowServiceParts,
  session: Session,
  ask: RunRequest,
): Promise<OpenedRun> {
  const named = ask.flow === undefined ? null : session.requireFlow(ask.flow, 'run');
  if (named === null) session.requireAnyRun();
  const issue = issueIn(ask.event);
  const chosen = choose(session, { issue, named, given: ask.inputs ?? {} });
  const record = draft(parts, session, { ask, issue, chosen });
  if (record.dryRun) {
    requireEnabled(session, { named, chosen, record });
    return openRun(parts, record);
  }
  const earlier = await earlierRun(parts, { record, issue, chosen });
  if (earlier !== null) return { record: earlier, created: false };
  requireEnabled(session, { named, chosen, record });
  const opened = await openRun(
    parts,
    record,
    consumesEventId(record) ? createConflictGuard(parts, record) : undefined,
  );
  if (opened.record.eventDigest !== record.eventDigest) throw refusal('conflict');
  return opened;
}

function issueIn(event: unknown): Issue {
  const reading = readIssue(event);
  if (reading.ok) return reading.issue;
  throw inputRefusal(
    `The event is malformed: ${reading.message}.`,
    reading.field,
    'Send the event as Okta ISPM has it: issue.onDemand or issue.created.',
  );
}

function choose(
  session: Session,
  { issue, named, given }: { issue: Issue; named: Flow | null; given: GivenInputs },
): Chosen {
  const { entity } = issue;
  const row = entity.kind === 'account' ? routeOf(issue, session.book.routes) : null;
  if (named?.kind === 'acts') {
    return { flow: named, given: row?.flow === named.name ? { ...row.inputs, ...given } : given };
  }
  const flow = row && session.flowNamed(row.flow);
  if (!row || !flow) return { flow: null, given };
  session.requirePermission(flow.name, 'run');
  return { flow, given: { ...row.inputs, ...given } };
}

interface Admission {
  ask: RunRequest;
  issue: Issue;
  chosen: Chosen;
}

function draft(
  parts: FlowServiceParts,
  session: Session,
  { ask, issue, chosen }: Admission,
): FlowRunRecord {
  const { flow } = chosen;
  const end = endOf(parts, { ask, issue, chosen });
  const eventDigest = eventDigestOf(issue, ask.inputs ?? {});
  const ofEvent = runIdOf(flow?.name ?? null, issue);
  const { caller } = session.identity;
  const dryRun = ask.dryRun ?? false;
  const run =
    end?.outcome === 'denied' ? refusalRunId(ofEvent, { code: end.code, eventDigest }) : ofEvent;
  return runRecord({
    run: dryRun ? dryRunId(parts, ask) : run,
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
  { idempotencyKey: askId }: RunRequest,
): string => (askId === undefined ? newId() : dryRunIdOf(askId));

function endOf(parts: FlowServiceParts, { ask, issue, chosen }: Admission): ImmediateEnd | null {
  const { entity } = issue;
  const settings = parts.settings();
  const stale = ask.checkAge
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
 * Of a person's run: as given, once it is clear that some account's flow has each of them. Throws
 * FlowRefusal malformed.
 */
function inputsFor(session: Session, issue: Issue, { flow, given }: Chosen): GivenInputs {
  if (issue.entity.kind === 'person') {
    const flows = flow ? [flow] : flowsOfPerson(session, issue);
    const stray = Object.keys(given).find(
      (name) => !flows.some(({ inputs }) => Object.hasOwn(inputs, name)),
    );
    if (stray !== undefined)
      throw wrongInput('inputs', 'inputs: no flow for these accounts has an input of that name');
    return given;
  }
  if (!flow) return {};
  const resolved = inputsOf(flow, issue, given);
  if (!resolved.ok) throw wrongInput(resolved.problem.field, resolved.problem.message);
  return resolved.inputs;
}

const wrongInput = (field: string, message: string) =>
  inputRefusal(
    `An input is missing or wrong: ${message}.`,
    field,
    'Give it with --input NAME=VALUE, or in the row of routing.yaml; `arx flows show FLOW` lists the inputs.',
  );

function flowsOfPerson(session: Session, { entity, title }: Issue): Flow[] {
  const accounts = entity.kind === 'person' ? entity.accounts : [];
  const rows = accounts.map(({ product }): Route | null =>
    routeFor({ product, title }, session.book.routes),
  );
  return rows.flatMap((row) => (row && session.flowNamed(row.flow)) ?? []);
}

/** Events over HTTP come in by the flow that routes them, where there is one. */
function requireEnabled(
  session: Session,
  { named, chosen, record }: { named: Flow | null; chosen: Chosen; record: FlowRunRecord },
): void {
  const hooks = session.flows.filter(({ kind }) => kind === 'routes');
  const closed =
    named === null && session.requester.surface === 'api' && hooks.length > 0 && hooks.every(isOff);
  if (closed || (named && isOff(named))) throw refusal('disabled');
  if (record.outcome === null && chosen.flow && isOff(chosen.flow)) throw refusal('disabled');
}

const isOff = ({ enabled }: Flow): boolean => !enabled;

/**
 * The run that this event had, refused on its arrival now or not. Throws FlowRefusal conflict where
 * it was another event.
 */
async function earlierRun(
  { store }: FlowServiceParts,
  { record, issue, chosen }: { record: FlowRunRecord; issue: Issue; chosen: Chosen },
): Promise<FlowRunRecord | null> {
  const earlier =
    (await store.flows.get(runIdOf(chosen.flow?.name ?? null, issue))) ??
    (await store.flows.get(record.run));
  if (earlier === null || earlier.eventDigest === record.eventDigest) return earlier;
  // A foreign or late event is refused for what it is.
  if (!consumesEventId(record)) return store.flows.get(record.run);
  throw refusal('conflict');
}

/**
 * Throws FlowRefusal conflict where the id of the event was used for another one, or for other
 * inputs.
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
