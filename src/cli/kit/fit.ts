/** Fits the columns of a table into the width of a terminal. */

/** What a column needs. */
export interface ColumnNeed {
  /** Width of its widest cell. */
  natural: number;
  /** The narrowest width at which it is still readable. */
  least: number;
  /** Columns with the highest number are left out first; one with 0 is never left out. */
  drop: number;
}

/** Columns between two columns of a table. */
export const GAP = 2;

/**
 * The width of each column, null for one that is left out. Columns keep their natural widths if
 * these fit. Otherwise the wide ones are narrowed, and if that is not enough, the least important
 * columns are left out. Null if even the columns that must stay do not fit.
 */
export function fitColumns(
  needs: readonly ColumnNeed[],
  available: number | undefined,
): (number | null)[] | null {
  const natural = needs.map((need) => need.natural);
  if (available === undefined) return natural;
  const kept = new Set(needs.keys());
  for (;;) {
    const room = available - GAP * (kept.size - 1);
    const sum = (width: (need: ColumnNeed) => number): number =>
      [...kept].reduce((total, at) => total + width(needs[at]!), 0);
    if (sum((need) => need.natural) <= room || sum(leastOf) <= room) {
      const cap = capFor(
        [...kept].map((at) => needs[at]!),
        room,
      );
      return needs.map((need, at) => (kept.has(at) ? narrowTo(need, cap) : null));
    }
    const next = [...kept]
      .filter((at) => needs[at]!.drop > 0)
      .toSorted(byDrop(needs))
      .at(-1);
    if (next === undefined) return null;
    kept.delete(next);
  }
}

const leastOf = ({ natural, least }: ColumnNeed): number => Math.min(natural, least);
const byDrop =
  (needs: readonly ColumnNeed[]) =>
  (a: number, b: number): number =>
    needs[a]!.drop - needs[b]!.drop;

const narrowTo = (need: ColumnNeed, cap: number): number =>
  Math.min(need.natural, Math.max(leastOf(need), cap));

/** The greatest width to which all columns can be capped, so that they fit into the room. */
function capFor(needs: readonly ColumnNeed[], room: number): number {
  const widest = Math.max(0, ...needs.map(({ natural }) => natural));
  let cap = widest;
  while (cap > 0 && needs.reduce((total, need) => total + narrowTo(need, cap), 0) > room) cap -= 1;
  return cap;
}
