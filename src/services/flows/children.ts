import { issueOfAccount } from '../../flows/issue.ts';
import { accessTo } from '../../flows/permissions.ts';
import { routeOf } from '../../flows/routing.ts';
import { childRunId } from '../../flows/run-id.ts';
import type { Flow, Issue, IssueAccount, Route } from '../../flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { RequesterLookup } from './requester-lookup.ts';
import { endOfAccount, inputsOf, runRecord } from './run-record.ts';
import type { ImmediateEnd, GivenInputs } from './run-record.ts';
import { openRun } from './open-run.ts';
import { Session } from './session.ts';
import type { FlowServiceParts } from './types.ts';

/**
 * Opens one run per account of a person. Each has the flow of its own product and title (or the
 * requested one) and its own permission check. Safe to repeat. Throws RequesterUnreadableError if Okta
 * does not identify the requester.
 */
export async function openChildren(
  parts: FlowServiceParts,
  requesters: RequesterLookup,
  parent: FlowRunRecord,
): Promise<FlowRunRecord[]> {
  const { entity } = parent.issue;
  if (entity.kind !== 'person') return [];
  const session = await Session.open(parts, requesters, parent.caller);
  const opened: FlowRunRecord[] = [];
  for (const account of entity.accounts) {
    const { record } = await openRun(parts, childOf(parts, session, { parent, account }));
    opened.push(record);
  }
  return opened;
}

interface AccountOfRun {
  parent: FlowRunRecord;
  account: IssueAccount;
}

function childOf(
  parts: FlowServiceParts,
  session: Session,
  { parent, account }: AccountOfRun,
): FlowRunRecord {
  const issue = issueOfAccount(parent.issue, account);
  const row =
    parent.flow === null
      ? routeOf(issue, session.config.routes)
      : { flow: parent.flow, inputs: {} };
  const flow = row && session.flowNamed(row.flow);
  const answer = flow ? accessTo('run', session.permissionsOn(flow.name)) : 'granted';
  const end =
    answer === 'granted' ? endOfAccount(account, flow, parts.settings()) : NO_PERMISSION[answer];
  const { inputs, end: ending } =
    flow && end === null
      ? inputsOrEnd(flow, issue, inputsFromParent(flow, row, parent))
      : { inputs: {}, end };
  return runRecord({
    run: childRunId(parent.run, account),
    // A flow that the requester may not see is not named.
    flow: answer === 'not_found' ? null : flow,
    caller: parent.caller,
    dryRun: parent.dryRun,
    eventDigest: parent.eventDigest,
    parent: parent.run,
    issue,
    inputs,
    end: ending,
    at: parts.now().toISOString(),
  });
}

/** The inputs of the person's run apply to all accounts; each flow gets those that it declares. */
function inputsFromParent(
  { inputs }: Flow,
  row: Pick<Route, 'inputs'> | null,
  parent: FlowRunRecord,
): GivenInputs {
  const given = Object.entries(parent.inputs as GivenInputs).filter(([name]) =>
    Object.hasOwn(inputs, name),
  );
  return { ...row?.inputs, ...Object.fromEntries(given) };
}

function inputsOrEnd(
  flow: Flow,
  issue: Issue,
  given: GivenInputs,
): { inputs: GivenInputs; end: ImmediateEnd | null } {
  if (!flow.enabled) return { inputs: {}, end: DISABLED };
  const resolved = inputsOf(flow, issue, given);
  if (resolved.ok) return { inputs: resolved.inputs, end: null };
  const message = `An input is missing or wrong: ${resolved.problem.message}.`;
  return { inputs: {}, end: { outcome: 'failed', code: 'malformed', message } };
}

const NO_PERMISSION = {
  not_found: {
    outcome: 'denied',
    code: 'not_found',
    message: 'No resource set permits the requester to use the flow for this account.',
  },
  forbidden: {
    outcome: 'denied',
    code: 'forbidden',
    message: 'The requester may see the flow for this account, but not run it.',
  },
} as const satisfies Record<string, ImmediateEnd>;
const DISABLED: ImmediateEnd = {
  outcome: 'denied',
  code: 'disabled',
  message: 'The flow for this account is disabled.',
};
