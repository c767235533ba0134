import { canonicalJson } from './canonical.ts';
import type { AuditEntry, AuditKind } from './types.ts';

/**
 * What stays of an entry whose content was removed by age: its hash, which the tree proves, and its
 * kind and time, which nothing proves any more.
 */
export interface RemovedEntry {
  at: string;
  hash: string;
  kind: AuditKind;
  removed: true;
}

/** The text that takes the place of an entry's. */
export function removalText({ at, hash, kind }: Pick<AuditEntry, 'at' | 'hash' | 'kind'>): string {
  return canonicalJson({ at, hash, kind, removed: true });
}

/** The id under which an entry is found whose own is gone with its content. */
export const removalId = (index: number): string => `removed/${index}`;

/** A parsed text as a removed entry; null where it is none. */
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

/** Below which index a `data.purged` entry says that content was removed; 0 of any other. */
export function purgeEnd({ kind, outcome }: Pick<AuditEntry, 'kind' | 'outcome'>): number {
  if (kind !== 'data.purged') return 0;
  const { upTo } = (outcome?.['audit'] ?? {}) as { upTo?: unknown };
  return typeof upTo === 'number' ? upTo : 0;
}
