/**
 * The known word nearest to `given`, at most a third of its letters away; null if there is none.
 */
export function nearest(given: string, known: readonly string[]): string | null {
  if (given.length > 64) return null;
  const ranked = known
    .map((word) => ({ word, away: distance(given.toLowerCase(), word.toLowerCase()) }))
    .filter(
      ({ word, away }) => away <= Math.max(1, Math.floor(Math.max(word.length, given.length) / 3)),
    )
    .sort((a, b) => a.away - b.away);
  return ranked[0]?.word ?? null;
}

/**
 * The known words, nearest to `given` first; in the original order if `given` is too long to be one
 * of them.
 */
export function nearestFirst(given: string, known: readonly string[]): string[] {
  if (given.length > 64) return [...known];
  const away = new Map(
    known.map((word) => [word, distance(given.toLowerCase(), word.toLowerCase())]),
  );
  return known.toSorted((one, other) => (away.get(one) ?? 0) - (away.get(other) ?? 0));
}

// The edit distance of two words, where swapping two neighbours counts as one edit; computed row by
// row from the two previous rows.
function distance(a: string, b: string): number {
  let [before, row]: [number[], number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, at) => at),
  ];
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const swapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const change = (row[j] ?? 0) + Number(a[i] !== b[j]);
      next.push(
        Math.min(
          (next[j] ?? 0) + 1,
          (row[j + 1] ?? 0) + 1,
          change,
          swapped ? (before[j - 1] ?? 0) + 1 : change,
        ),
      );
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
