/** Renders audit entries and verification results. */

import type { ChainReport } from '../../audit/chain.ts';
import type { AuditEntry } from '../../audit/types.ts';
import type { Colors } from '../kit/io.ts';
import { count, plain, plural } from '../kit/text.ts';
import { grid } from '../kit/grid.ts';

/** Entries for the terminal. */
export function auditTable(
  entries: readonly (AuditEntry & { index: number })[],
  colors: Colors,
): string {
  const rows = entries.map((entry) => [
    entry.index,
    entry.at,
    entry.kind,
    entry.subject,
    entry.decision?.effect ?? '',
    entry.outcome ? JSON.stringify(entry.outcome, shortenToken) : '',
  ]);
  return grid(['index', 'time', 'kind', 'subject', 'decision', 'outcome'], rows, colors);
}

/** The signature of a vote is long; `arx audit show` prints it in full. */
const shortenToken = (name: string, value: unknown): unknown =>
  name === 'token' && typeof value === 'string' ? `${value.slice(0, 21)}…` : value;

/** The result of a verification as text. */
export function verifyText(
  verdict: ChainReport & { checkpoints?: number; extractOf?: string },
  colors: Colors,
): string {
  const { ok, entries, head, firstBad, checkpoints = 0, removed = 0 } = verdict;
  if (ok) {
    const signed =
      checkpoints > 0 ? `, as signed in ${plural(checkpoints, 'checkpoint', 'checkpoints')}` : '';
    const shortened =
      removed > 0
        ? `; only the hash remains of ${plural(removed, 'old entry', 'old entries')}`
        : '';
    return `${colors.green('The audit trail is intact:')} ${plural(entries, 'entry', 'entries')}, head ${head}${signed}${shortened}`;
  }
  const { index, id, reason } = firstBad;
  const which =
    id === null ? `The entry at index ${index}` : `The entry at index ${index} (${plain(id)})`;
  const verdictWords =
    verdict.extractOf === undefined ? 'The audit trail is BROKEN.' : 'NOT VERIFIED.';
  return `${colors.red(verdictWords)} ${which} ${reason}. Valid entries before it: ${count(entries)}.`;
}
