import { isNothing } from '../../services/audit/purge.ts';
import type { Purge } from '../../services/audit/purge.ts';
import type { Colors } from '../kit/io.ts';
import { when } from '../kit/text.ts';
import { grid } from '../kit/table.ts';

/** What is due, or was removed, for the terminal. */
export function purgeText(purge: Purge, { done }: { done: boolean }, colors: Colors): string {
  const { users, audit } = purge;
  const cut = `Kept: personal data since ${when(users.before)}, contents of audit entries since ${when(audit.before)}.`;
  if (isNothing(purge)) return `Nothing to remove.\n${cut}`;
  const rows: [string, number][] = Object.entries(users.removed);
  if (audit.entries > 0) rows.push(['contents of audit entries', audit.entries]);
  return `${grid([done ? 'removed' : 'due', 'rows'], rows, colors)}\n${cut}`;
}
