/** Renders one run of a delegated flow for the terminal. */

import type { ApprovalDocument } from '../../services/approvals/approval-document.ts';
import type {
  FlowRunDocument,
  FlowRunItem,
  FlowStepDocument,
} from '../../services/flows/documents.ts';
import type { FlowCall, FlowEvent } from './audit-trail.ts';
import type { Colors } from '../kit/io.ts';
import { duration, plain, timeText } from '../kit/text.ts';
import { accountText, OUTCOME_WORDS, outcomeLabel } from './words.ts';
import { callText } from './render.ts';

const SUCCESS: ReadonlySet<string> = new Set(['succeeded', 'already_in_state', 'planned']);
const NEUTRAL: ReadonlySet<string> = new Set(['unrouted', 'manual']);

/** A run with all its details; `undoneBy` is the run that undoes it. */
type ShownRun = FlowRunDocument & { undoneBy?: string | null };

/** A run for the terminal. */
export function flowRunText(run: ShownRun, colors: Colors, { local }: { local: boolean }): string {
  const lines = factsOf(run).filter(([, value]) => value !== '');
  return [
    headline(run, colors),
    ...reasonLines(run),
    ...lines.map(([name, value]) => `  ${name.padEnd(14)}${plain(value)}`),
    ...(run.steps.length === 0
      ? []
      : ['  steps', ...run.steps.flatMap((step) => stepLines(step, colors))]),
    ...(run.children.length === 0
      ? []
      : ['  accounts', ...run.children.map((child) => childLine(child, colors))]),
    ...undoLines(run, { local }),
  ].join('\n');
}

function outcomeText(
  run: Pick<FlowRunItem, 'outcome' | 'code' | 'state' | 'dryRun'>,
  colors: Colors,
): string {
  const word = outcomeLabel(run);
  if (run.outcome === null) return colors.yellow(word);
  if (SUCCESS.has(run.outcome)) return colors.green(word);
  return NEUTRAL.has(run.outcome) ? colors.yellow(word) : colors.red(word);
}

function headline(run: ShownRun, colors: Colors): string {
  const name =
    run.flow?.name ?? (run.issue.entity.kind === 'person' ? 'One flow per account' : 'No flow');
  const what = run.undoes === null ? plain(name) : `Undo of ${plain(name)}`;
  return `${colors.bold(what)}: ${outcomeText(run, colors)}`;
}

function reasonLines({ outcome, message, error }: ShownRun): string[] {
  if (message !== null) return [`  ${plain(message)}`, ...errorLines(error)];
  return outcome === null
    ? []
    : [`  ${OUTCOME_WORDS[outcome].replace(/^./, (letter) => letter.toUpperCase())}.`];
}

/** The field that a vendor's refusal is about, and what to do. */
function errorLines(error: ShownRun['error']): string[] {
  const lines = [
    ['field', error?.['field']],
    ['remedy', error?.['remedy']],
  ];
  return lines.flatMap(([name, value]) =>
    typeof value === 'string' ? [`  ${name}: ${plain(value)}`] : [],
  );
}

const AUTHENTICATION: Readonly<Record<string, string>> = {
  none: 'not authenticated',
  key: 'authenticated by key',
  cli: 'not authenticated',
};
const SURFACES: Readonly<Record<string, string>> = { cli: 'CLI', api: 'API', slack: 'Slack' };

const callerText = ({ principal, authenticatedBy, surface }: ShownRun['caller']): string =>
  `${principal} (${[AUTHENTICATION[authenticatedBy], SURFACES[surface] ?? surface].filter(Boolean).join(', ')})`;

function factsOf(run: ShownRun): [string, string][] {
  const { caller, issue, event, flow, target } = run;
  const { entity } = issue;
  const account = entity.kind === 'account' ? entity.account : null;
  const named = entity.kind === 'account' ? entity.account.displayName : entity.displayName;
  const took =
    run.finishedAt === null
      ? null
      : (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1_000;
  return [
    ['run', run.run],
    ['requested by', callerText(caller)],
    ['issue', `${issue.title}${issue.severity === null ? '' : ` (${issue.severity})`}`],
    [
      'account',
      `${accountText(entity)}${account ? ` of ${account.tenant}` : ''}${named === null ? '' : `, “${named}”`}`,
    ],
    ['status', typeof target?.['status'] === 'string' ? target['status'] : ''],
    ['event', `${event.id}, ${event.type} of ${timeText(event.at)}`],
    ['version', flow?.version ?? ''],
    [
      'inputs',
      Object.entries(run.inputs)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' '),
    ],
    [
      'undoes',
      run.undoes === null ? '' : `run ${run.undoes}${run.reason === null ? '' : `: ${run.reason}`}`,
    ],
    ['part of', run.parent === null ? '' : `run ${run.parent}`],
    ['started', `${timeText(run.startedAt)}${took === null ? '' : `, took ${duration(took)}`}`],
  ];
}

const MARKS: Readonly<Record<FlowStepDocument['state'], string>> = {
  planned: '·',
  skipped: '–',
  already: '=',
  running: '…',
  done: '✓',
  failed: '✗',
};

function stepLines(step: FlowStepDocument, colors: Colors): string[] {
  const { green, red, dim } = colors;
  const tone =
    step.state === 'done' || step.state === 'already' ? green : step.state === 'failed' ? red : dim;
  const details = [
    stateText(step),
    policyText(step),
    requestText(step.approval),
    verificationText(step),
  ].filter((part) => part !== '');
  return [
    `    ${tone(MARKS[step.state])} ${plain(callText(step))}`,
    `      ${plain(details.join('; '))}`,
  ];
}

function stateText({ state, result }: FlowStepDocument): string {
  if (state === 'failed')
    return `failed${codeSuffix(result?.['code'])}${result?.['message'] ? `: ${String(result['message'])}` : ''}`;
  return {
    planned: 'not carried out',
    skipped: 'skipped: its conditions are not met',
    already: 'already in this state',
    running: 'in progress',
    done: 'done',
  }[state];
}

const codeSuffix = (code: unknown): string => (typeof code === 'string' ? ` (${code})` : '');

function policyText({ decision }: FlowStepDocument): string {
  if (decision === null) return '';
  const policies = Array.isArray(decision['policies'])
    ? decision['policies'].map(String).join(', ')
    : '';
  const risk = typeof decision['risk'] === 'string' ? ` at risk ${decision['risk']}` : '';
  const says =
    { approval: 'requires approval', deny: 'denies it' }[String(decision['effect'])] ?? 'allows it';
  return `policy ${policies === '' ? '' : `${policies} `}${says}${risk}`;
}

function requestText(approval: ApprovalDocument | null): string {
  if (approval === null) return '';
  const votes = approval.votes
    .map(({ person, verdict }) => `${person} ${verdict === 'deny' ? 'denied' : 'approved'}`)
    .join(', ');
  return `request ${approval.request}: ${votes === '' ? (approval.state ?? 'open').toLowerCase() : votes}`;
}

const verificationText = ({ verified }: FlowStepDocument): string =>
  verified === null ? '' : verified ? 'verified' : 'effect not seen in time';

const childLine = (child: FlowRunItem, colors: Colors): string =>
  `    ${plain(`${accountText(child.issue.entity)}: ${child.flow?.name ?? 'no flow'}, `)}${outcomeText(child, colors)}${plain(`, run ${child.run}`)}`;

function undoLines(
  { run, undo, state, dryRun, undoneBy }: ShownRun,
  { local }: { local: boolean },
): string[] {
  if (state !== 'ended' || dryRun || undo === null || undo.length === 0) return [];
  const calls = undo.map((call) => `    ${plain(callText(call))}`);
  if (undoneBy) return ['  undone', ...calls, `    by run ${undoneBy}`];
  return ['  undo', ...calls, `    arx flows undo ${run}${local ? ' --local' : ''}`];
}

/** The calls and audited events of a run, for the terminal. */
export function trailText(
  { calls, story: history }: { calls: readonly FlowCall[]; story: readonly FlowEvent[] },
  colors: Colors,
): string {
  const clock = (at: string): string => colors.dim(at.slice(11, 19));
  const made = calls.map(
    ({ at, operation, state, code }) =>
      `    ${clock(at)}  ${plain(`${operation}: ${state}${codeSuffix(code)}`)}`,
  );
  const events = history.map(({ at, text }) => `    ${clock(at)}  ${plain(text)}`);
  return [
    ...(made.length === 0 ? [] : ['  calls', ...made]),
    ...(events.length === 0 ? [] : ['  audit trail', ...events]),
  ].join('\n');
}
