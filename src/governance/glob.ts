/**
 * True where `pattern` covers `subject`, segment by segment: `*` stands for any run of characters (also none) within
 * one segment and never crosses `:`. No other character is special. Linear in the length of the two.
 */
export function matchesGlob(pattern: string, subject: string): boolean {
  if (!pattern.includes('*')) return pattern === subject;
  const patterns = pattern.split(':');
  const subjects = subject.split(':');
  if (patterns.length !== subjects.length) return false;
  return patterns.every((segment, at) => matchesSegment(segment, subjects[at] ?? ''));
}

/** Index of the first of `patterns` that covers `subject`, -1 where none does. */
export const firstMatch = (patterns: readonly string[], subject: string): number =>
  patterns.findIndex((pattern) => matchesGlob(pattern, subject));

/** True where one of `patterns` covers `subject`. */
export const matchesAny = (patterns: readonly string[], subject: string): boolean => firstMatch(patterns, subject) >= 0;

function matchesSegment(pattern: string, subject: string): boolean {
  const pieces = pattern.split('*');
  const head = pieces[0] ?? '';
  const tail = pieces[pieces.length - 1] ?? '';
  if (pieces.length === 1) return pattern === subject;
  if (subject.length < head.length + tail.length || !subject.startsWith(head) || !subject.endsWith(tail)) return false;
  return holdsInOrder(pieces.slice(1, -1), subject.slice(head.length, subject.length - tail.length));
}

// Taking each piece at its leftmost place is enough: it leaves the most room for those that follow.
function holdsInOrder(pieces: readonly string[], text: string): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}
