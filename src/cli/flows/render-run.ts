import type { ApprovalDocument } from '../../services/approvals/approval-document.ts';
import type {
  FlowRunDocument,
  FlowRunItem,
  FlowStepDocument,
} from '../../services/flows/documents.ts';
import type { FlowCall, FlowMoment } from './trail.ts';
import type { Colors } from '../kit/io.ts';
import { duration, plain, when } from '../kit/text.ts';
import { accountText, OUTCOME_WORDS, outcomeWord } from './words.ts';
import { callText } from './render.ts';

const GOOD: ReadonlySet<string> = new Set(['succeeded', 'already_in_state', 'planned']);
const CALM: ReadonlySet<string> = new Set(['unrouted', 'manual']);

/** A run as it is told whole: `undoneBy` is the run that takes it back. */
type ToldRun = FlowRunDocument & { undoneBy?: string | null };

/** A run for the terminal. */
export function flowRunText(run: ToldRun, colors: Colors, { local }: { local: boolean }): string {
  const lines = factsOf(run).filter(([, value]) => value !== '');
  return [
    headline(run, colors),
    ...whyLines(run),
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
  const word = outcomeWord(run);
  if (run.outcome === null) return colors.yellow(word);
  if (GOOD.has(run.outcome)) return colors.green(word);
  return CALM.has(run.outcome) ? colors.yellow(word) : colors.red(word);
}

function headline(run: ToldRun, colors: Colors): string {
  const name =
    run.flow?.name ?? (run.issue.entity.kind === 'person' ? 'a flow for each account' : 'No flow');
  const what = run.undoes === null ? plain(name) : `Undo of ${plain(name)}`;
  return `${colors.bold(what)}: ${outcomeText(run, colors)}`;
}

function whyLines({ outcome, message }: ToldRun): string[] {
  if (message !== null) return [`  ${plain(message)}`];
  return outcome === null
    ? []
    : [`  ${OUTCOME_WORDS[outcome].replace(/^./, (letter) => letter.toUpperCase())}.`];
}

const PROOFS: Readonly<Record<string, string>> = {
  none: ', unproven',
  key: ', proven by a key',
  cli: ', at their word',
};

function factsOf(run: ToldRun): [string, string][] {
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
    ['asked by', `${caller.principal}${PROOFS[caller.authenticatedBy] ?? ''} (${caller.surface})`],
    ['issue', `${issue.title}${issue.severity === null ? '' : ` (${issue.severity})`}`],
    [
      'account',
      `${accountText(entity)}${account ? ` of ${account.tenant}` : ''}${named === null ? '' : `, “${named}”`}`,
    ],
    ['found', typeof target?.['status'] === 'string' ? target['status'] : ''],
    ['event', `${event.id}, ${event.type} of ${when(event.at)}`],
    ['version', flow?.version ?? ''],
    [
      'inputs',
      Object.entries(run.inputs)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' '),
    ],
    [
      'takes back',
      run.undoes === null ? '' : `run ${run.undoes}${run.reason === null ? '' : `: ${run.reason}`}`,
    ],
    ['part of', run.parent === null ? '' : `run ${run.parent}`],
    ['began', `${when(run.startedAt)}${took === null ? '' : `, took ${duration(took)}`}`],
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
  const told = [standingOf(step), policyOf(step), approvalOf(step.approval), readBack(step)].filter(
    (part) => part !== '',
  );
  return [
    `    ${tone(MARKS[step.state])} ${plain(callText(step))}`,
    `      ${plain(told.join('; '))}`,
  ];
}

function standingOf({ state, result }: FlowStepDocument): string {
  if (state === 'failed')
    return `failed${codeSuffix(result?.['code'])}${result?.['message'] ? `: ${String(result['message'])}` : ''}`;
  return {
    planned: 'not done',
    skipped: 'left out: its conditions do not hold',
    already: 'it was so already',
    running: 'under way',
    done: 'done',
  }[state];
}

const codeSuffix = (code: unknown): string => (typeof code === 'string' ? ` (${code})` : '');

function policyOf({ decision }: FlowStepDocument): string {
  if (decision === null) return '';
  const policies = Array.isArray(decision['policies'])
    ? decision['policies'].map(String).join(', ')
    : '';
  const risk = typeof decision['risk'] === 'string' ? ` at risk ${decision['risk']}` : '';
  const says =
    { approval: 'asks for approval', deny: 'denies it' }[String(decision['effect'])] ?? 'allows it';
  return `policy ${policies === '' ? '' : `${policies} `}${says}${risk}`;
}

function approvalOf(approval: ApprovalDocument | null): string {
  if (approval === null) return '';
  const votes = approval.votes
    .map(({ person, verdict }) => `${person} ${verdict === 'deny' ? 'denied' : 'approved'}`)
    .join(', ');
  return `request ${approval.request}: ${votes === '' ? (approval.state ?? 'open').toLowerCase() : votes}`;
}

const readBack = ({ verified }: FlowStepDocument): string =>
  verified === null ? '' : verified ? 'read back, it is so' : 'read back, not seen in time';

const childLine = (child: FlowRunItem, colors: Colors): string =>
  `    ${plain(`${accountText(child.issue.entity)}: ${child.flow?.name ?? 'no flow'}, `)}${outcomeText(child, colors)}${plain(`, run ${child.run}`)}`;

function undoLines(
  { run, undo, state, dryRun, undoneBy }: ToldRun,
  { local }: { local: boolean },
): string[] {
  if (state !== 'ended' || dryRun || undo === null || undo.length === 0) return [];
  const calls = undo.map((call) => `    ${plain(callText(call))}`);
  if (undoneBy) return ['  taken back', ...calls, `    by run ${undoneBy}`];
  return ['  taken back by', ...calls, `    arx flows undo ${run}${local ? ' --local' : ''}`];
}

/** Calls and story of a run, for the terminal. */
export function trailText(
  { calls, story }: { calls: readonly FlowCall[]; story: readonly FlowMoment[] },
  colors: Colors,
): string {
  const clock = (at: string): string => colors.dim(at.slice(11, 19));
  const made = calls.map(
    ({ at, operation, state, code }) =>
      `    ${clock(at)}  ${plain(`${operation}: ${state}${codeSuffix(code)}`)}`,
  );
  const told = story.map(({ at, text }) => `    ${clock(at)}  ${plain(text)}`);
  return [
    ...(made.length === 0 ? [] : ['  calls', ...made]),
    ...(told.length === 0 ? [] : ['  story', ...told]),
  ].join('\n');
}
