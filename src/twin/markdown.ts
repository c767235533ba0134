// Control characters, line and paragraph separators, and marks that reorder text.
// eslint-disable-next-line no-control-regex -- taking control characters out is the point
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/**
 * The Markdown encoder for whatever arx did not write itself: a code span, in which neither links
 * nor mentions nor HTML are read. It may stand in a table, so a bar is replaced by a broken one.
 */
export function name(value: string): string {
  const plain = value.replace(UNFIT, ' ').replaceAll('|', '¦').trim();
  if (plain === '') return '–';
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${plain}${fence}` : `${fence} ${plain} ${fence}`;
}

/** A table of cells that are encoded already; nothing where it has no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * An ISO time for people: `2026-03-02 08:00 UTC`; what is no such time loses what it must not hold.
 */
export const time = (iso: string): string =>
  `${iso
    .slice(0, 16)
    .replace('T', ' ')
    .replace(/[^\d: -]/g, '')} UTC`;
