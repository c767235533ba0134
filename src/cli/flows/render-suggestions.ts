import type { Findings } from './findings.ts';
import type { Suggestion } from './suggest.ts';
import type { Colors } from '../kit/io.ts';
import { plural } from '../kit/text.ts';
import { grid } from '../kit/table.ts';

/** Suggested runs, for the terminal. */
export function suggestionsTable(items: readonly Suggestion[], colors: Colors): string {
  const rows = items.map(({ severity, title, account, flow, enabled, needs }) => [
    severity,
    title,
    account.login,
    flow === null ? 'no route' : `${flow}${enabled ? '' : ' (disabled)'}`,
    needs.join(', '),
  ]);
  return grid(['severity', 'issue', 'account', 'flow', 'needs input'], rows, colors);
}

/** What to say where nothing was found. */
export function nothingFoundText({ check, sync }: Findings): string {
  if (check === null && sync === null)
    return 'Nothing has been looked at yet: start with `arx run mfa-enforcement-check` or `arx okta sync`.';
  return 'The last check and sync found nothing that an issue is the counterpart of.';
}

/** What has no counterpart, in a line; empty where there is none. */
export function withoutText(without: Findings['without']): string {
  const kinds = Object.entries(without);
  if (kinds.length === 0) return '';
  const total = kinds.reduce((sum, [, number]) => sum + number, 0);
  const told = kinds.map(([kind, number]) => `${number} ${kind}`).join(', ');
  return `${plural(total, 'finding')} without a flow to take, as no issue is the counterpart: ${told}`;
}
