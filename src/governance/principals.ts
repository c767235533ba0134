/** Divides principals into the classes that policies distinguish. */

import { compileGlob } from './glob.ts';
import { ANONYMOUS } from './principal.ts';
import type { Policy } from './types.ts';

/** A set of principals that no policy distinguishes. */
export interface PrincipalClass {
  /** The globs that match them, such as `user:*`; `everybody else` if none does. */
  name: string;
  /** One of these principals. */
  example: string;
}

const KINDS = ['user', 'agent', 'workflow', 'flow'] as const;

/**
 * The classes that policies distinguish: one for each glob, for the overlap of each two globs, and
 * for everybody else. Overlaps of three or more globs are not searched for.
 */
export function principalClasses(policies: readonly Policy[]): PrincipalClass[] {
  const globs = [...new Set(policies.flatMap(({ principals }) => principals))].sort();
  const matchers = globs.map(compileGlob);
  const filler = fillerFor(globs);
  const found = new Map<string, PrincipalClass>();
  for (const example of examples(globs, filler)) {
    const matching = globs.filter((_, at) => matchers[at]?.(example));
    // Globs grant user:anonymous less than the others that they match.
    const name = example === ANONYMOUS ? ANONYMOUS : narrowest(matching).join(' and ');
    const key = example === ANONYMOUS ? ANONYMOUS : matching.join(' ');
    if (!found.has(key)) found.set(key, { name: name || 'everybody else', example });
  }
  return [...found.values()];
}

// A glob that includes another one adds nothing to the name.
const narrowest = (globs: readonly string[]): string[] =>
  globs.filter((glob) => !globs.some((other) => other !== glob && compileGlob(glob)(other)));

function examples(globs: readonly string[], filler: string): string[] {
  const kinds = [...new Set([...KINDS, ...globs.map((glob) => glob.split(':')[0] ?? '')])].filter(
    (kind) => /^[a-z]{1,32}$/.test(kind),
  );
  const starred = globs.filter((glob) => glob.includes('*'));
  const overlaps = starred.flatMap((glob, at) =>
    starred.slice(at + 1).flatMap((other) => overlap(glob, other)),
  );
  const covered = starred.some((glob) => compileGlob(glob)(ANONYMOUS));
  return [
    ...(covered ? [ANONYMOUS] : []),
    ...globs.filter((glob) => !glob.includes('*')),
    ...[...starred, ...overlaps, '*:*'].flatMap((glob) => fill(glob)),
  ]
    .filter((principal) => /^[a-z]{1,32}:[^:]+$/.test(principal))
    .sort((a, b) => Number(b.endsWith(`:${filler}`)) - Number(a.endsWith(`:${filler}`)));

  function fill(glob: string): string[] {
    const [kind = '', id = ''] = glob.split(':');
    const named = kind.includes('*') ? kinds.filter((one) => compileGlob(kind)(one)) : [kind];
    return named.map((one) => `${one}:${id.replace(/\*+/g, filler)}`);
  }
}

// A word that no glob contains literally, so that it represents all others.
function fillerFor(globs: readonly string[]): string {
  const text = globs.join(' ');
  for (let at = 0; ; at += 1) {
    const word = `any${at === 0 ? '' : at}`;
    if (!text.includes(word)) return word;
  }
}

/**
 * A glob that matches only principals that both globs match, if there is one. Stars remain stars.
 */
function overlap(a: string, b: string): string[] {
  const [parts, others] = [a.split(':'), b.split(':')];
  if (parts.length !== others.length) return [];
  const met = parts.map((part, at) => meet(part, others[at] ?? ''));
  return met.every((part) => part !== null) ? [met.join(':')] : [];
}

// The shortest text that both segments match, with a star where both have one. Memoised by the
// position in both.
function meet(a: string, b: string): string | null {
  const known = new Map<number, string | null>();
  const from = (i: number, j: number): string | null => {
    const key = i * (b.length + 1) + j;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, null);
    const made = step(i, j);
    known.set(key, made);
    return made;
  };
  const step = (i: number, j: number): string | null => {
    const [x, y] = [a[i], b[j]];
    if (x === undefined && y === undefined) return '';
    if (x === '*' && y === '*')
      return shortest([put('*', from(i + 1, j + 1)), from(i + 1, j), from(i, j + 1)]);
    if (x === '*')
      return shortest([from(i + 1, j), y === undefined ? null : put(y, from(i, j + 1))]);
    if (y === '*')
      return shortest([from(i, j + 1), x === undefined ? null : put(x, from(i + 1, j))]);
    return x === y && x !== undefined ? put(x, from(i + 1, j + 1)) : null;
  };
  return from(0, 0);
}

const put = (head: string, rest: string | null): string | null =>
  rest === null ? null : head + rest;
const shortest = (texts: readonly (string | null)[]): string | null =>
  texts.filter((text) => text !== null).sort((a, b) => a.length - b.length)[0] ?? null;
