import { compileGlob } from './glob.ts';
import type { Policy } from './types.ts';

/** Principals between whom no policy tells a difference. */
export interface PrincipalClass {
  /** The globs that speak of them, such as `user:*`; `everybody else` where none does. */
  name: string;
  /** One of them. */
  example: string;
}

const KINDS = ['user', 'agent', 'workflow', 'flow'] as const;

/**
 * The classes that policies make among principals: each glob, the overlap of each two, and
 * everybody else. Overlaps of three and more globs that no two of them have are not looked for.
 */
export function principalClasses(policies: readonly Policy[]): PrincipalClass[] {
  const globs = [...new Set(policies.flatMap(({ principals }) => principals))].sort();
  const matchers = globs.map(compileGlob);
  const filler = fillerFor(globs);
  const found = new Map<string, PrincipalClass>();
  for (const example of examples(globs, filler)) {
    const matching = globs.filter((_, at) => matchers[at]?.(example));
    const key = matching.join(' ');
    if (!found.has(key))
      found.set(key, { name: narrowest(matching).join(' and ') || 'everybody else', example });
  }
  return [...found.values()];
}

// A glob that covers another one, star and all, adds nothing to its name.
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
  return [
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

// A word that no glob spells out, so that it stands for any other.
function fillerFor(globs: readonly string[]): string {
  const text = globs.join(' ');
  for (let at = 0; ; at += 1) {
    const word = `any${at === 0 ? '' : at}`;
    if (!text.includes(word)) return word;
  }
}

/** A glob that only what both cover can match, where there is one; stars stay stars. */
function overlap(a: string, b: string): string[] {
  const [parts, others] = [a.split(':'), b.split(':')];
  if (parts.length !== others.length) return [];
  const met = parts.map((part, at) => meet(part, others[at] ?? ''));
  return met.every((part) => part !== null) ? [met.join(':')] : [];
}

// The shortest common text of two segments, with a star where both have one; by the ends of the
// two, remembered.
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
