/** Tells of one text whether a glob covers it. */
export type Matcher = (subject: string) => boolean;

/**
 * A glob taken apart once, for many subjects: `*` stands for any run of characters (also none)
 * within one segment and never crosses `:`. No other character is special. Matching is linear in
 * the length of the two.
 */
export function compileGlob(pattern: string): Matcher {
  if (!pattern.includes('*')) return (subject) => subject === pattern;
  const segments = pattern.split(':').map(compileSegment);
  // What stands before the first star tells most subjects off without taking them apart.
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

/** True where `pattern` covers `subject`; see compileGlob. */
export const matchesGlob = (pattern: string, subject: string): boolean =>
  compileGlob(pattern)(subject);

/** True where one of `patterns` covers `subject`. */
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
    holdsInOrder(pieces, subject.slice(head.length, subject.length - tail.length));
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
