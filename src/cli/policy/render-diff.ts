import type { DecisionChange } from '../../governance/diff.ts';
import type { Colors } from '../kit/io.ts';
import { plural } from '../kit/text.ts';
import { grid } from '../kit/grid.ts';

/** Changed decisions for the terminal, widening ones first. */
export function diffText(changes: readonly DecisionChange[], colors: Colors): string {
  if (changes.length === 0) return 'No decision changes.';
  const wider = changes.filter(({ change }) => change === 'wider');
  const narrower = changes.filter(({ change }) => change === 'narrower');
  return [
    ...part(`${plural(wider.length, 'decision')} WIDER`, wider, colors, colors.red),
    ...part(`${plural(narrower.length, 'decision')} narrower`, narrower, colors, colors.green),
  ].join('\n');
}

/** The column of the values that conditions read. */
const WHEN = 3;

function part(
  title: string,
  changes: readonly DecisionChange[],
  colors: Colors,
  tone: (text: string) => string,
): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map((one) => [
    one.principals.name,
    `${one.connector} ${one.operation}`,
    one.raisedBy === 0 ? one.risk : `${one.risk} (raised)`,
    one.about === null ? '' : JSON.stringify(one.about),
    sideText(one, 'before'),
    sideText(one, 'after'),
  ]);
  const columns = ['principals', 'operation', 'risk', 'when', 'before', 'after'];
  // The column is shown only where a condition matters.
  const conditional = changes.some(({ about }) => about !== null);
  const shown = (row: readonly string[]) => row.filter((_, at) => conditional || at !== WHEN);
  return [tone(title), grid(shown(columns), rows.map(shown), colors)];
}

// If the effect is the same, the approval requirement has changed.
function sideText({ before, after }: DecisionChange, shown: 'before' | 'after'): string {
  const { effect, code, obligations } = shown === 'before' ? before : after;
  if (effect === 'deny') return `deny (${code})`;
  if (before.effect !== after.effect) return effect;
  const people = obligations.approvers.map(
    ({ any_of, count, hitlChannel }) =>
      `${count} of ${any_of.join(', ') || hitlChannel || 'the default approvers'}`,
  );
  return `${effect}: ${people.join('; ')}`;
}
