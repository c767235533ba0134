import { canonicalJson } from './canonical.ts';
import type { AuditEntry, AuditKind } from './types.ts';

/**
 * The rest of an entry whose content was removed because of its age: its hash, which the tree
 * proves, and its kind and time, which can no longer be proved.
 */
export interface RemovedEntry {
  at: string;
  hash: string;
  kind: AuditKind;
  removed: true;
}

/** The text that replaces the text of a removed entry. */
export function removalText({ at, hash, kind }: Pick<AuditEntry, 'at' | 'hash' | 'kind'>): string {
  return canonicalJson({ at, hash, kind, removed: true });
}

/** The id of a removed entry, whose own id was removed with its content. */
export const removalId = (index: number): string => `removed/${index}`;

/** A parsed text as a removed entry; null if it is not one. */
export function asRemoved(value: unknown): RemovedEntry | null {
  if (
    typeof value !== 'object' ||
    value === null ||
    (value as Partial<RemovedEntry>).removed !== true
  )
    return null;
  const { at, hash, kind } = value as Partial<RemovedEntry>;
  const texts = [at, hash, kind].every((member) => typeof member === 'string');
  return texts && Object.keys(value).length === 4 ? (value as RemovedEntry) : null;
}

/**
 * The index below which a `data.purged` entry records the removal of content; 0 for any other
 * entry.
 */
export function purgeEnd({ kind, outcome }: Pick<AuditEntry, 'kind' | 'outcome'>): number {
  if (kind !== 'data.purged') return 0;
  const { upTo } = (outcome?.['audit'] ?? {}) as { upTo?: unknown };
  return typeof upTo === 'number' ? upTo : 0;
}
