/** Renders approvals, their history and access keys for the terminal. */

import { textOf } from '../../audit/outcome.ts';
import type { KeyState } from '../../governance/key-scopes.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import { requestLines, targetName } from '../../governance/request-text.ts';
import type { ApprovalDocument } from '../../services/approvals/approval-document.ts';
import type { ActionDocument } from '../kit/documents.ts';
import type { HistoryEntry } from '../../services/approvals/history.ts';
import type { Colors } from '../kit/io.ts';
import { plain, timeText } from '../kit/text.ts';
import { grid } from '../kit/grid.ts';

type Tone = (colors: Colors) => (text: string) => string;

const TONES: Record<string, Tone> = {
  PENDING: ({ yellow }) => yellow,
  pending: ({ yellow }) => yellow,
  running: ({ cyan }) => cyan,
  APPROVED: ({ green }) => green,
  succeeded: ({ green }) => green,
};
const stateText = (state: string, colors: Colors): string =>
  (TONES[state] ?? (({ red }: Colors) => red))(colors)(state);

/** Approvals for the terminal. */
export function approvalsTable(items: readonly ApprovalDocument[], colors: Colors): string {
  const rows = items.map((item) => [
    item.request,
    item.state ?? '',
    `${item.connector}:${item.operation}`,
    targetName(item),
    targetText(item),
    item.requester,
    `${approvalCount(item)} of ${item.needed}`,
    timeText(item.deadline),
  ]);
  return grid(
    [
      'request',
      'state',
      'operation',
      'whom',
      { name: 'target', drop: 1 },
      'requester',
      'approved',
      'deadline',
    ],
    rows,
    colors,
  );
}

const approvalCount = ({ votes }: ApprovalDocument): number =>
  votes.filter(({ verdict }) => verdict === 'approve').length;
const targetText = ({ target }: ApprovalDocument): string =>
  target ? `${target.kind} ${target.id}` : '';

/** One approval for the terminal. */
export function approvalText(item: ApprovalDocument, colors: Colors): string {
  const named =
    [...new Set(item.requirements.flatMap(({ any_of }) => any_of))].join(', ') ||
    'default approvers';
  const facts: [string, string][] = [
    ...requestLines(item),
    ['deadline', item.deadline === null ? '' : timeText(item.deadline)],
    ['approved', item.state === null ? '' : `${approvalCount(item)} of ${item.needed} needed`],
    [
      'votes',
      item.votes
        .map(({ person, verdict, at }) => `${person} ${verdict} ${timeText(at)}`)
        .join('; '),
    ],
    ['approvers', item.state === null ? '' : `${named} (${item.eligible.join(', ')})`],
    ['not read', item.unread.map(({ source, message }) => `${source}: ${message}`).join('; ')],
    ['policies', item.requirements.map(({ policy }) => policy).join(', ')],
    ['digest', item.argsDigest.slice(0, 16)],
    ['call', item.action],
    ['failure', textOf(item.error, 'message') ?? ''],
    ['remedy', textOf(item.error, 'remedy') ?? ''],
  ];
  const lines = facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `  ${name.padEnd(13)}${plain(value)}`);
  const state = item.state === null ? 'no approval needed' : stateText(item.state, colors);
  return [`${colors.bold(`request ${item.request}`)}: ${state}`, ...lines].join('\n');
}

/** The history of a request for the terminal, one line per entry. */
export const historyText = (story: readonly HistoryEntry[], colors: Colors): string =>
  story.map(({ at, text }) => `${colors.dim(timeText(at))}  ${plain(text)}`).join('\n');

/** The outcome of a call for the terminal. */
export function actionText(document: ActionDocument, colors: Colors): string {
  const { connector, operation, request, state, error, result, decision } = document;
  const head = `${connector}:${operation}: ${stateText(state, colors)}${request === null ? '' : ` (request ${request})`}`;
  const why = error ? [`  ${plain(error.message)} (${plain(error.code)})`, ...adviceOf(error)] : [];
  const hints = state === 'denied' ? (decision?.hints ?? []).map((hint) => `  ${plain(hint)}`) : [];
  const body = result === undefined || result === null ? [] : [JSON.stringify(result, null, 2)];
  return [head, ...why, ...hints, ...body].join('\n');
}

/** The field that a vendor's refusal is about, and what to do. */
const adviceOf = ({ field, remedy }: NonNullable<ActionDocument['error']>): string[] => [
  ...(field ? [`  field: ${plain(field)}`] : []),
  ...(remedy ? [`  remedy: ${plain(remedy)}`] : []),
];

/** Access keys for the terminal. */
export function keysTable(
  keys: readonly (Omit<AccessKey, 'hash'> & { state: KeyState })[],
  colors: Colors,
): string {
  const rows = keys.map(({ name, person, createdAt, revokedAt, state, ...terms }) => [
    name,
    person ?? `agent:${name}`,
    terms.scopes?.join(' ') ?? 'all (an old key: replace it)',
    timeText(createdAt),
    terms.lastUsedAt === null ? 'never' : timeText(terms.lastUsedAt),
    terms.expiresAt === null ? 'never' : timeText(terms.expiresAt),
    revokedAt === null ? state : `revoked ${timeText(revokedAt)}`,
  ]);
  const columns = ['name', 'owner', 'scopes', 'created', 'last use', 'expires', 'state'];
  return grid(columns, rows, colors);
}
