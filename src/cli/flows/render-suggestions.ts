import type { Findings } from './findings.ts';
import type { Suggestion } from './suggest.ts';
import type { Colors } from '../kit/io.ts';
import { plural } from '../kit/text.ts';
import { grid } from '../kit/grid.ts';
import type { Column } from '../kit/grid.ts';

const COLUMNS: readonly Column[] = [
  { name: 'severity', long: 'keep' },
  { name: 'issue' },
  { name: 'account', least: 20 },
  { name: 'flow', least: 14 },
  { name: 'needs input', drop: 1 },
];

/** Suggested runs, for the terminal. */
export function suggestionsTable(items: readonly Suggestion[], colors: Colors): string {
  const rows = items.map(({ severity, title, account, flow, enabled, needs }) => [
    severity,
    title,
    account.login,
    flow === null ? 'no route' : `${flow}${enabled ? '' : ' (disabled)'}`,
    needs.join(', '),
  ]);
  return grid(COLUMNS, rows, colors);
}

/** The text for an empty list. */
export function nothingFoundText({ check, sync }: Findings): string {
  if (check === null && sync === null)
    return 'There is no check or sync yet. Start with `arx run mfa-enforcement-check` or `arx okta sync`.';
  return 'The last check and sync found nothing that corresponds to an issue.';
}

/** One line about findings that correspond to no issue; empty if there are none. */
export function textOfUnmatched(without: Findings['unmatched']): string {
  const kinds = Object.entries(without);
  if (kinds.length === 0) return '';
  const total = kinds.reduce((sum, [, number]) => sum + number, 0);
  const counts = kinds.map(([kind, number]) => `${number} ${kind}`).join(', ');
  return `${plural(total, 'finding')} without a flow, because no issue corresponds to them: ${counts}`;
}
