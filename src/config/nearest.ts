/** The known word nearest to `given` (at most a third of it away), null where none is near. */
export function nearest(given: string, known: readonly string[]): string | null {
  if (given.length > 64) return null;
  const ranked = known
    .map((word) => ({ word, away: distance(given.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, away }) => away <= Math.max(1, Math.floor(Math.max(word.length, given.length) / 3)))
    .sort((a, b) => a.away - b.away);
  return ranked[0]?.word ?? null;
}

// Levenshtein's distance, one row at a time.
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + Number(left !== right)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
