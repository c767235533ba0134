/** Recognises an export of a single run, which cannot be verified alone. */

import type { BadEntry } from '../../audit/chain.ts';
import { canonicalJson, leafHash } from '../../audit/canonical.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { linesOf } from '../kit/lines.ts';

/** A file with the entries of one run only, as `arx audit export --run` writes it. */
interface Extract {
  run: string;
  /** Number of entries that have the hash they state. */
  entries: number;
  /** The first entry that does not. */
  firstBad: BadEntry | null;
}

/**
 * Inspects a file whose chain is broken: null if it is not an extract of one run. Each entry of an
 * extract can be compared with its own hash, but only the whole trail shows whether entries are
 * missing.
 */
export async function readExtract(file: string): Promise<Extract | null> {
  let extract: Extract | null = null;
  for await (const page of linesOf(file)) {
    for (const { index, text } of page) {
      const entry = parseEntry(text);
      if (entry === null || typeof entry.run !== 'string') return null;
      extract ??= { run: entry.run, entries: 0, firstBad: null };
      if (entry.run !== extract.run) return null;
      if (hasStatedHash(entry, text)) extract.entries += 1;
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

function hasStatedHash(entry: AuditEntry, text: string): boolean {
  try {
    return (
      canonicalJson(entry) === text &&
      leafHash(canonicalJson({ ...entry, hash: undefined })) === entry.hash
    );
  } catch {
    // An entry without a canonical form was not written by arx.
    return false;
  }
}
