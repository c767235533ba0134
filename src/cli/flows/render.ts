/** Renders flows, resource sets and lists of runs for the terminal. */

import { ANONYMOUS } from '../../governance/principal.ts';
import type { FlowDetail, FlowItem, FlowRunItem } from '../../services/flows/documents.ts';
import type { FlowCondition, FlowInput, ResourceSet } from '../../flows/types.ts';
import type { Colors } from '../kit/io.ts';
import { grid } from '../kit/grid.ts';
import type { Column } from '../kit/grid.ts';
import { shortIds } from '../kit/ids.ts';
import { plain } from '../kit/text.ts';
import { whenText } from '../kit/when.ts';
import { accountText, outcomeLabel } from './words.ts';

const FLOW_COLUMNS: readonly Column[] = [
  { name: 'flow', long: 'keep' },
  { name: 'for' },
  { name: 'enabled', tone: (cell, { green, yellow }) => (cell === 'yes' ? green : yellow) },
  { name: 'you may' },
  { name: 'does', least: 20, drop: 1 },
];

/** The flows that the requester may see, for the terminal. */
export function flowsTable(items: readonly FlowItem[], colors: Colors): string {
  const rows = items.map(({ name, product, enabled, permissions, description }) => [
    name,
    product ?? 'any',
    enabled ? 'yes' : 'no',
    permissions.includes('run') ? 'run' : 'view',
    description ?? '',
  ]);
  return grid(FLOW_COLUMNS, rows, colors);
}

/** The text for an empty list of flows. */
export const noFlowsText = (principal: string): string =>
  `No resource set gives ${plain(principal)} access to a flow.\n${
    principal === ANONYMOUS
      ? 'Identify yourself: set ARX_KEY to your access key, or use --as.'
      : 'A super administrator of Okta grants access with `arx flows sets put`; resource_sets.yaml sets the initial permissions.'
  }`;

/** A flow with its principal and file. */
interface ShownFlow extends FlowDetail {
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
    ...block('only if', flow.when.map(conditionText)),
    ...block('steps', flow.steps.map(stepLine(flow))),
    ...block(
      'undo',
      (flow.undo ?? []).map((call) => callText(call)),
    ),
    ...(flow.undo === null && flow.kind === 'acts' ? [`  ${dim('Cannot be undone.')}`] : []),
    ...(flow.kind === 'routes'
      ? [`  ${dim('Passes each issue to the flow that routing.yaml selects.')}`]
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
          : `, default ${String(usual)}`;
  return `${name.padEnd(16)}${type}: ${source}${must}${description === null ? '' : ` (${description})`}`;
}

const conditionText = ({ input, is, value }: FlowCondition): string =>
  `${input} ${is.replaceAll('_', ' ')}${value === undefined ? '' : ` ${Array.isArray(value) ? value.join(', ') : String(value)}`}`;

const stepLine =
  ({ verify }: FlowDetail) =>
  ({ id, when: taken, ...call }: FlowDetail['steps'][number]): string => {
    const within = verify.find(({ step }) => step === id)?.withinMs;
    const where = taken.length === 0 ? '' : `, if ${taken.map(conditionText).join(' and ')}`;
    return `${id.padEnd(16)}${callText(call)}${where}${within === undefined ? '' : `, verified within ${within / 1_000} s`}`;
  };

/** A call as text: its operation and arguments. */
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
  // Cells of several lines are split into rows, because the table itself strips line breaks.
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

/** The text for an empty list of resource sets. */
export const noSetsText = (principal: string): string =>
  `There is no resource set that ${plain(principal)} may see.\nSuper administrators of Okta see and change all sets: \`arx flows sets put NAME --flow "*" --member group:NAME --permission run\`.`;

const RUN_COLUMNS: readonly Column[] = [
  { name: 'run', long: 'keep' },
  { name: 'started', long: 'keep' },
  { name: 'flow' },
  { name: 'account', least: 20 },
  { name: 'outcome', least: 14 },
  { name: 'requested by', least: 20, drop: 1 },
];

/** Runs, newest first, for the terminal. `now` is the time that starts are relative to. */
export function runsTable(items: readonly FlowRunItem[], colors: Colors, now = Date.now()): string {
  const shorten = shortIds(
    items.map(({ run }) => run),
    colors,
  );
  const rows = items.map((item) => [
    shorten(item.run),
    whenText(item.startedAt, colors, now),
    `${item.undoes === null ? '' : 'undo of '}${item.flow?.name ?? '–'}`,
    whoText(item.issue.entity),
    outcomeLabel(item),
    item.caller.principal.replace(/^user:/, ''),
  ]);
  return grid(RUN_COLUMNS, rows, colors);
}

/** The name of the person, if the event states one, with the account beside it. */
function whoText(entity: FlowRunItem['issue']['entity']): string {
  const name = entity.kind === 'account' ? entity.account.displayName : entity.displayName;
  return name === null ? accountText(entity) : `${name} (${accountText(entity)})`;
}

/** The text for an empty list of runs. */
export const noRunsText = (): string =>
  'No matching runs that you may see. List all runs with `arx flows history`, or start one with `arx flows run FLOW --event FILE`.';
