/** Short forms of ids. */

import type { Colors } from './io.ts';

const SHORTEST = 8;

/**
 * A function that shortens ids to beginnings that are unique among them. Ids keep their length in
 * output that is not shown at a terminal, and if they contain words (`mfa-enforcement-check/…`).
 */
export function shortIds(ids: readonly string[], { width }: Colors): (id: string) => string {
  if (width === undefined) return (id) => id;
  const sorted = [...new Set(ids)].sort();
  let length = SHORTEST;
  for (const [at, id] of sorted.entries())
    length = Math.max(length, commonLength(id, sorted[at + 1]) + 1);
  return (id) => (isOpaque(id) ? id.slice(0, length).replace(/-$/, '') : id);
}

/** An id of hexadecimal digits, with or without hyphens, has a short form. */
export const isOpaque = (id: string): boolean => /^[0-9a-f][0-9a-f-]{15,}$/.test(id);

function commonLength(id: string, next: string | undefined): number {
  if (next === undefined) return 0;
  let length = 0;
  while (length < id.length && id[length] === next[length]) length += 1;
  return length;
}
