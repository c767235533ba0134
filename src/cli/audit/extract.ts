import type { BadEntry } from '../../audit/chain.ts';
import { canonicalJson, leafHash } from '../../audit/canonical.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { linesOf } from '../kit/lines.ts';

/** A file that holds the entries of one run only, as `arx audit export --run` makes it. */
export interface Extract {
  run: string;
  /** Entries that have the hash they state. */
  entries: number;
  /** The first one that does not. */
  firstBad: BadEntry | null;
}

/**
 * Looks at a file whose chain does not hold: null where it is not an extract of one run. Of an
 * extract each entry can be held against its own hash, but whether entries are missing shows only
 * in the whole trail.
 */
export async function extractIn(file: string): Promise<Extract | null> {
  let extract: Extract | null = null;
  for await (const page of linesOf(file)) {
    for (const { index, text } of page) {
      const entry = parseEntry(text);
      if (entry === null || typeof entry.run !== 'string') return null;
      extract ??= { run: entry.run, entries: 0, firstBad: null };
      if (entry.run !== extract.run) return null;
      if (hasItsHash(entry, text)) extract.entries += 1;
      else extract.firstBad ??= { index, id: entry.id, reason: 'does not match its own hash' };
    }
  }
  return extract;
}

function parseEntry(text: string): AuditEntry | null {
  try {
    const value = JSON.parse(text) as AuditEntry | null;
    return typeof value === 'object' && value !== null && typeof value.id === 'string'
      ? value
      : null;
  } catch {
    return null;
  }
}

function hasItsHash(entry: AuditEntry, text: string): boolean {
  try {
    return (
      canonicalJson(entry) === text &&
      leafHash(canonicalJson({ ...entry, hash: undefined })) === entry.hash
    );
  } catch {
    // What has no canonical form was never written.
    return false;
  }
}
