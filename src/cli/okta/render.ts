/** Renders Okta's status, permissions and sync results for the terminal. */

import type { OktaSyncResult } from '../../workflows/messages.ts';
import type { Capability } from '../../services/integrations/capabilities.ts';
import type { AgedStream, OktaStatus } from '../../services/twin/okta-status.ts';
import type { Colors } from '../kit/io.ts';
import { count, duration, plain, plural, timeText } from '../kit/text.ts';
import { grid } from '../kit/grid.ts';
import type { Column } from '../kit/grid.ts';

const CREDENTIALS = { ssws: 'API token (SSWS)', service_app: 'service app' } as const;
const SOURCES = {
  environment: 'environment',
  vault: 'credentials.okta.vault',
  stored: 'okta.json of ARX_HOME',
} as const;

const stateTone: Column['tone'] = (cell, { green, yellow, red }) =>
  cell === 'complete' || cell === 'ok' ? green : cell === 'denied' ? red : yellow;

const STATUS_COLUMNS: readonly Column[] = [
  { name: 'stream', long: 'keep' },
  { name: 'state', long: 'keep', tone: stateTone },
  { name: 'items', long: 'keep' },
  { name: 'read', long: 'keep', drop: 3 },
  { name: 'age', long: 'keep' },
  { name: 'last complete', drop: 2 },
  { name: 'reason', least: 20, drop: 1 },
];

/** `arx okta status` for the terminal. */
export function statusText(status: OktaStatus, colors: Colors): string {
  const { sync } = status;
  return [
    ...configurationLines(status, colors),
    sync === null
      ? 'There is no sync yet. Start one with `arx okta sync`, or with `arx okta sync --local` on this machine.'
      : `last sync ${plain(sync.run)}: ${sync.status}, started ${timeText(sync.startedAt)}`,
    grid(STATUS_COLUMNS, status.streams.map(streamRow), colors),
  ].join('\n');
}

function configurationLines(
  { org, credential, source, problem }: OktaStatus,
  colors: Colors,
): string[] {
  if (problem === null) {
    const kind = credential === null ? '' : `, ${CREDENTIALS[credential]} from ${SOURCES[source]}`;
    return [`${colors.bold('Okta')} ${plain(org ?? '')}: ${colors.green('configured')}${kind}`];
  }
  const head = `${colors.bold('Okta')}: ${colors.red('not configured')}: ${plain(problem.message)}`;
  return [
    head,
    `  ${plain(problem.remedy)}`,
    '  `arx okta configure` asks for the credentials and tests them.',
  ];
}

const streamRow = ({ name, state, count: items, at, age, reason, ...last }: AgedStream) => [
  name,
  at === null ? 'never read' : state,
  items,
  timeText(at),
  age === null ? '' : duration(age),
  completeText(last),
  at === null ? '' : (reason ?? ''),
];

type LastComplete = Pick<AgedStream, 'completeAge' | 'completeCount'>;
const completeText = ({ completeAge, completeCount }: LastComplete): string =>
  completeAge === null
    ? 'never'
    : `${duration(completeAge)} ago, ${plural(completeCount ?? 0, 'item')}`;

/** The result of `arx okta test`. */
interface Permissions {
  org: string;
  credential: keyof typeof CREDENTIALS;
  capabilities: readonly Capability[];
}

const PERMISSION_COLUMNS: readonly Column[] = [
  { name: 'permission', long: 'keep' },
  { name: 'state', long: 'keep', tone: stateTone },
  { name: 'http', drop: 3 },
  { name: 'latency', drop: 2 },
  { name: 'limit', drop: 1 },
  { name: 'decided by', drop: 4 },
];

/** `arx okta test` for the terminal: one line per permission, and a remedy for each that fails. */
export function permissionsText(
  { org, credential, capabilities }: Permissions,
  colors: Colors,
): string {
  const rows = capabilities.map((one) => [
    one.name,
    one.state,
    one.http ?? '–',
    one.latencyMs === null ? '–' : `${one.latencyMs} ms`,
    one.limit === null ? '–' : `${count(one.limit)} per window`,
    one.operation,
  ]);
  const failed = capabilities.filter(({ state }) => state !== 'ok');
  return [
    `${colors.bold('Okta')} ${plain(org)}, ${CREDENTIALS[credential]}`,
    grid(PERMISSION_COLUMNS, rows, colors),
    ...failed.map((one) => problemText(one, colors)),
    failed.length === 0 ? colors.green('A sync has all permissions.') : null,
  ]
    .filter((line) => line !== null)
    .join('\n');
}

const problemText = (one: Capability, colors: Colors): string =>
  `${colors.red(`${one.name} ${one.state}:`)} ${plain(one.reason ?? '')}\n  → ${remedyOf(one)}`;

/** The remedy for a missing permission. */
function remedyOf({ code, scope, operation, name }: Capability): string {
  if (code === 'unauthenticated')
    return 'Create a new token as a read-only administrator (`arx okta configure`), or check the client id and key.';
  if (code === 'policy_denied')
    return `Let a policy grant okta ${operation} to workflow:okta-sync, as policies/sync.yaml does.`;
  if (code === 'forbidden' || code === 'empty') {
    const role =
      name === 'roles'
        ? 'a role that can view administrators (super or read-only administrator)'
        : READ_ONLY;
    return `Give the owner of the token ${role}. A service app needs the scope ${scope} and an administrator role.`;
  }
  return 'See the message. If Okta could not be reached, try again; otherwise correct the other permissions first.';
}
const READ_ONLY = 'the Read-only Administrator role, for all users';

const STATUS: Record<OktaSyncResult['status'], (colors: Colors) => string> = {
  complete: (colors) => colors.green('complete'),
  incomplete: (colors) => colors.bold(colors.yellow('INCOMPLETE')),
  failed: (colors) => colors.bold(colors.red('FAILED')),
};

/** The result of a sync for the terminal. */
export function syncText(result: OktaSyncResult, colors: Colors): string {
  const { gaps, drift, calls, events } = result;
  const seconds = (Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 1000;
  const changes = Object.entries(drift).filter(([, number]) => number > 0);
  const rows = result.streams.map(({ name, state, count: items, reason }) => [
    name,
    state,
    items,
    reason ?? '',
  ]);
  return [
    `${colors.bold('Okta sync')} ${plain(result.org)}: ${STATUS[result.status](colors)}`,
    `run ${plain(result.run)}, ${timeText(result.startedAt)}, took ${duration(seconds)}`,
    grid(['stream', 'state', 'items', 'reason'], rows, colors),
    `facts     ${
      result.facts
        .filter(({ text }) => isMain(text))
        .map(({ text, leavesOut }) => plain(leavesOut === null ? text : `${text} (${leavesOut})`))
        .join(', ') || 'none'
    }`,
    `gaps      ${Object.entries(gaps)
      .map(([severity, number]) => `${count(number)} ${severity}`)
      .join(', ')}`,
    `changes   ${changes.map(([kind, number]) => `${count(number)} ${kind.replaceAll('_', ' ')}`).join(', ') || 'none'}`,
    `events    ${plural(events, 'security event')} raised`,
    `calls     okta ${count(calls.okta)}, throttled ${count(calls.throttled)}`,
    'Read it with `arx twin facts`, `gaps`, `events`, `users`, `apps`, `timeline`, `profile` and `search`.',
  ].join('\n');
}

const isMain = (text: string): boolean => !/^mfa_(factor|class):/.test(text);
