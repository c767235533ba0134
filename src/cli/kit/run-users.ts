/** Tables of the users of a run for the terminal. */

import { shortNameOf } from '../../mfa/short-names.ts';
import type { RunUserRow } from '../../mfa/document.ts';
import type { Verdict } from '../../mfa/types.ts';
import { grid } from './grid.ts';
import type { Column } from './grid.ts';
import type { Colors } from './io.ts';
import { plural } from './text.ts';
import { ACTION_VERDICTS, VERDICT_ORDER, VERDICT_WORDS } from './words.ts';

const VERDICT_OF = new Map(VERDICT_ORDER.map((verdict) => [VERDICT_WORDS[verdict].label, verdict]));

/** The colour of a verdict by its label; text that is no label stays as it is. */
export function toneOfLabel(label: string, colors: Colors): (text: string) => string {
  const verdict = VERDICT_OF.get(label);
  if (verdict === undefined) return String;
  if (verdict === 'compliant') return colors.green;
  if (ACTION_VERDICTS.has(verdict)) return colors.red;
  return verdict === 'unknown' ? colors.magenta : colors.dim;
}

const COLUMNS: readonly Column[] = [
  { name: 'login', least: 24 },
  { name: 'verdict', long: 'keep', tone: toneOfLabel },
  { name: 'why', least: 20 },
  { name: 'ticket', long: 'keep' },
  { name: 'department', drop: 1 },
];

/** Whether somebody must act on a user: not covered, or not known whether covered. */
const needsAttention = ({ verdict }: Pick<RunUserRow, 'verdict'>): boolean =>
  verdict === null || verdict === 'unknown' || ACTION_VERDICTS.has(verdict);

/** Every user of a run, as listed. */
export const userTable = (users: readonly RunUserRow[], colors: Colors): string =>
  grid(COLUMNS, users.map(rowOf), colors);

const MOST_SHOWN = 50;
const URGENCY: readonly (Verdict | null)[] = ['none', 'pending_only', 'weak_only', null, 'unknown'];

/** The users who need attention, administrators first and the most urgent verdicts next. */
export function attentionTable(users: readonly RunUserRow[], colors: Colors): string {
  const urgency = ({ administrator, verdict }: RunUserRow): number =>
    URGENCY.indexOf(verdict) + (administrator ? 0 : URGENCY.length);
  const open = users
    .filter(needsAttention)
    .toSorted((a, b) => urgency(a) - urgency(b) || a.login.localeCompare(b.login));
  if (open.length === 0) return colors.green('Nobody needs attention.');
  const title = colors.bold(
    `${plural(open.length, 'user')} need${open.length === 1 ? 's' : ''} attention`,
  );
  const rest = open.length - MOST_SHOWN;
  return [
    title,
    userTable(open.slice(0, MOST_SHOWN), colors),
    ...(rest > 0 ? [`… and ${plural(rest, 'more user')}: --all lists everybody.`] : []),
  ].join('\n');
}

const rowOf = (user: RunUserRow): string[] => [
  `${user.login}${user.administrator ? ' (administrator)' : ''}`,
  user.verdict === null ? 'Not checked' : VERDICT_WORDS[user.verdict].label,
  whyText(user),
  user.ticket ?? '',
  user.department ?? '',
];

/** Why a user has the verdict, with the names of factors that people use. */
function whyText({ verdict, reason, factors }: RunUserRow): string {
  const named = (isMeant: (status: string | null) => boolean): string =>
    [
      ...new Set(
        factors
          .filter(({ status }) => isMeant(status))
          .map(({ type }) => (type === null ? 'an unnamed factor' : (shortNameOf(type) ?? type))),
      ),
    ].join(', ');
  const active = named((status) => status === 'ACTIVE');
  const started = named((status) => status !== 'ACTIVE');
  if (verdict === 'compliant' && active !== '') return active;
  if (verdict === 'weak_only' && active !== '') return `only ${active}`;
  if (verdict === 'pending_only' && started !== '') return `not finished: ${started}`;
  return reason ?? '';
}
