/** One thing for the terminal: a line `name  value` for each of its facts. */

import type { Colors } from './io.ts';
import { plain } from './text.ts';
import { padTo, widthOf, wrapTo } from './width.ts';

/** A name with one value, or with several that are listed one per line. */
export type Fact = readonly [name: string, value: string | readonly string[]];

const GAP = 2;
const NARROWEST = 20;

/**
 * Facts as aligned lines, without those that have no value. Long values are continued below
 * themselves, so that they fit the terminal. Control and escape codes are removed.
 */
export function recordText(
  facts: readonly Fact[],
  colors: Colors,
  { indent = 0 }: { indent?: number } = {},
): string {
  const known = facts
    .map(([name, value]) => ({
      name,
      values: (typeof value === 'string' ? [value] : value).filter((one) => one !== ''),
    }))
    .filter(({ values }) => values.length > 0);
  const nameWidth = Math.max(0, ...known.map(({ name }) => widthOf(name)));
  const room = Math.max(NARROWEST, (colors.width ?? Infinity) - indent - nameWidth - GAP);
  const margin = ' '.repeat(indent);
  return known
    .flatMap(({ name, values }) =>
      values
        .flatMap((value) => wrapTo(plain(value), room))
        .map((line, at) => {
          const title = padTo(at === 0 ? plain(name) : '', nameWidth);
          return `${margin}${colors.dim(title)}${' '.repeat(GAP)}${line}`;
        }),
    )
    .join('\n');
}
