// Control characters, line and paragraph separators, and characters that reorder text.
// eslint-disable-next-line no-control-regex -- removing control characters is the purpose
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/**
 * Encodes external text as a Markdown code span, in which links, mentions and HTML have no effect.
 * A vertical bar would break a table, so it is replaced by a broken bar.
 */
export function codeSpan(value: string): string {
  const plain = value.replace(UNSAFE, ' ').replaceAll('|', '¦').trim();
  if (plain === '') return '–';
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${plain}${fence}` : `${fence} ${plain} ${fence}`;
}

/** A table of encoded cells; empty without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * An ISO time for display: `2026-03-02 08:00 UTC`. In any other text, unexpected characters are
 * removed.
 */
export const time = (iso: string): string =>
  `${iso
    .slice(0, 16)
    .replace('T', ' ')
    .replace(/[^\d: -]/g, '')} UTC`;
