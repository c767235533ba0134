import { ANONYMOUS } from '../../governance/principal.ts';
import type { FlowDetail, FlowItem, FlowRunItem } from '../../services/flows/documents.ts';
import type { FlowCondition, FlowInput, ResourceSet } from '../../flows/types.ts';
import type { Colors } from '../kit/io.ts';
import { plain, when } from '../kit/text.ts';
import { accountText, outcomeWord } from './words.ts';
import { grid } from '../kit/table.ts';

/** The flows that somebody may see, for the terminal. */
export function flowsTable(items: readonly FlowItem[], colors: Colors): string {
  const rows = items.map(({ name, product, enabled, permissions, description }) => [
    name,
    product ?? 'any',
    enabled ? 'yes' : 'no',
    permissions.includes('run') ? 'run' : 'view',
    description ?? '',
  ]);
  return grid(['flow', 'for', 'enabled', 'you may', 'does'], rows, colors);
}

/** What to do where no flow is to be seen. */
export const noFlowsText = (principal: string): string =>
  `No resource set gives ${plain(principal)} a flow.\n${
    principal === ANONYMOUS
      ? 'Say who you are: set ARX_KEY to your access key, or name yourself with --as.'
      : 'A super administrator of Okta gives one with `arx flows sets put`, or to begin with resource_sets.yaml does.'
  }`;

/** What stands beside a flow when it is shown. */
export interface ShownFlow extends FlowDetail {
  principal: string;
  file: string;
}

/** One flow in full, for the terminal. */
export function flowText(flow: ShownFlow, colors: Colors): string {
  const { bold, dim, green, yellow } = colors;
  const facts: [string, string][] = [
    ['for', flow.product === null ? 'accounts of any product' : `accounts of ${flow.product}`],
    ['you may', flow.permissions.join(', ')],
    ['in policies', flow.principal],
    ['file', `${flow.file}, version ${flow.version}`],
  ];
  return [
    `${bold(plain(flow.name))}: ${flow.enabled ? green('enabled') : yellow('disabled')}`,
    ...(flow.description === null ? [] : [`  ${plain(flow.description)}`]),
    ...facts
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `  ${name.padEnd(13)}${plain(value)}`),
    ...block('inputs', Object.entries(flow.inputs).map(inputLine)),
    ...block('only where', flow.when.map(conditionText)),
    ...block('steps', flow.steps.map(stepLine(flow))),
    ...block(
      'taken back by',
      (flow.undo ?? []).map((call) => callText(call)),
    ),
    ...(flow.undo === null && flow.kind === 'acts' ? [`  ${dim('Nothing takes it back.')}`] : []),
    ...(flow.kind === 'routes'
      ? [`  ${dim('Passes each issue on to the flow that routing.yaml names.')}`]
      : []),
  ].join('\n');
}

const block = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`  ${name}`, ...lines.map((line) => `    ${plain(line)}`)];

function inputLine([name, { type, from, required, default: usual, description }]: [
  string,
  FlowInput,
]): string {
  const source =
    from === 'account'
      ? 'the account of the issue'
      : from === undefined
        ? `--input ${name}=…`
        : `from ${from}`;
  const must =
    from === 'account'
      ? ''
      : required && from === undefined
        ? ', required'
        : usual === undefined
          ? ', optional'
          : `, else ${String(usual)}`;
  return `${name.padEnd(16)}${type}: ${source}${must}${description === null ? '' : ` (${description})`}`;
}

const conditionText = ({ input, is, value }: FlowCondition): string =>
  `${input} ${is.replaceAll('_', ' ')}${value === undefined ? '' : ` ${Array.isArray(value) ? value.join(', ') : String(value)}`}`;

const stepLine =
  ({ verify }: FlowDetail) =>
  ({ id, when: taken, ...call }: FlowDetail['steps'][number]): string => {
    const within = verify.find(({ step }) => step === id)?.withinMs;
    const where = taken.length === 0 ? '' : `, where ${taken.map(conditionText).join(' and ')}`;
    return `${id.padEnd(16)}${callText(call)}${where}${within === undefined ? '' : `, read back within ${within / 1_000} s`}`;
  };

/** A call as people read it: its operation and parameters. */
export function callText({
  operation,
  params,
}: {
  operation: string;
  params: Readonly<Record<string, unknown>>;
}): string {
  const given = Object.entries(params).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [operation, ...given].join(' ');
}

/** Resource sets, for the terminal. */
export function setsTable(items: readonly ResourceSet[], colors: Colors): string {
  const rows = items.map(({ name, flows, members, permissions }) => [
    name,
    permissions.join(', '),
    flows.map((flow) => (flow === '*' ? '* (all)' : flow)).join('\n'),
    members.join('\n'),
  ]);
  // Each cell of several lines is made plain line by line: the table itself strips line ends.
  return items.length === 0
    ? ''
    : multiLineGrid(['set', 'permissions', 'flows', 'members'], rows, colors);
}

function multiLineGrid(head: readonly string[], rows: readonly string[][], colors: Colors): string {
  const spread = rows.flatMap((row) => {
    const cells = row.map((cell) => cell.split('\n'));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, at) => cells.map((cell) => cell[at] ?? ''));
  });
  return grid(head, spread, colors);
}

/** What to do where there is no set to be seen. */
export const noSetsText = (principal: string): string =>
  `There is no resource set that ${plain(principal)} may see.\nSuper administrators of Okta see and change all: \`arx flows sets put NAME --flow "*" --member group:NAME --permission run\`.`;

/** Runs, newest first, for the terminal. */
export function runsTable(items: readonly FlowRunItem[], colors: Colors): string {
  const rows = items.map((item) => [
    item.run,
    when(item.startedAt),
    `${item.undoes === null ? '' : 'undo of '}${item.flow?.name ?? '–'}`,
    accountText(item.issue.entity),
    item.caller.principal,
    outcomeWord(item),
  ]);
  return grid(['run', 'started', 'flow', 'account', 'asked by', 'outcome'], rows, colors);
}

/** What to say where there is no run. */
export const noRunsText = (): string =>
  'No runs that you may see fit. Without filters: `arx flows history`; `arx flows run FLOW --event FILE` starts one.';
