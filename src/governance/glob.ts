/** Whether a glob matches a text. */
export type Matcher = (subject: string) => boolean;

/**
 * Compiles a glob for use with many texts: `*` matches any number of characters (also none) within
 * one segment and never matches `:`. No other character is special. Matching takes time linear in
 * the length of the two.
 */
export function compileGlob(pattern: string): Matcher {
  if (!pattern.includes('*')) return (subject) => subject === pattern;
  const segments = pattern.split(':').map(compileSegment);
  // The text before the first star rules out most subjects without splitting them.
  const start = pattern.slice(0, pattern.indexOf('*'));
  return (subject) => {
    if (!subject.startsWith(start)) return false;
    const subjects = subject.split(':');
    return (
      subjects.length === segments.length &&
      segments.every((holds, at) => holds(subjects[at] ?? ''))
    );
  };
}

/** Whether `pattern` matches `subject`; see compileGlob. */
export const matchesGlob = (pattern: string, subject: string): boolean =>
  compileGlob(pattern)(subject);

/** Whether one of `patterns` matches `subject`. */
export const matchesAny = (patterns: readonly string[], subject: string): boolean =>
  patterns.some((pattern) => matchesGlob(pattern, subject));

function compileSegment(pattern: string): Matcher {
  const [head = '', ...pieces] = pattern.split('*');
  const tail = pieces.pop();
  if (tail === undefined) return (subject) => subject === pattern;
  const least = head.length + tail.length;
  return (subject) =>
    subject.length >= least &&
    subject.startsWith(head) &&
    subject.endsWith(tail) &&
    containsInOrder(pieces, subject.slice(head.length, subject.length - tail.length));
}

// The leftmost match of each piece is sufficient: it leaves the most text for the next ones.
function containsInOrder(pieces: readonly string[], text: string): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}
