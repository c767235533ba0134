import type { Hash } from '../audit/merkle.ts';
import type { ReadTile } from '../audit/tiles.ts';
import type { StoreTransaction } from './types.ts';

/**
 * A public key of the log. It may sign checkpoints of sizes from `fromSize` up to `toSize` (null:
 * it is in use).
 */
export interface AuditKey {
  verifierKey: string;
  /** ISO 8601 UTC. */
  createdAt: string;
  fromSize: number;
  toSize: number | null;
}

/** Public keys of the log, old ones included; the private ones are never stored. */
export interface AuditKeyRepository {
  /** In the order of their use. */
  list(): Promise<AuditKey[]>;
  /**
   * Puts a key in use; the one before is retired at the present size of the log. A key that is in
   * use stays so.
   */
  use(tx: StoreTransaction, key: Pick<AuditKey, 'verifierKey' | 'createdAt'>): Promise<void>;
}

/** A checkpoint as kept: the note is the whole of it. */
export interface CheckpointRow {
  size: number;
  note: string;
  /** ISO 8601 UTC; not signed. */
  at: string;
}

export interface CheckpointRepository {
  /** That of the largest size. */
  newest(): Promise<CheckpointRow | null>;
  /** All of them, smallest size first. */
  list(): Promise<CheckpointRow[]>;
  /**
   * Keeps a checkpoint signed with these keys; false, and nothing kept, where one of them may not
   * sign that size.
   */
  add(row: CheckpointRow, verifierKeys: readonly string[]): Promise<boolean>;
}

/**
 * Takes the content from old entries; their hashes stay, so that proofs and the chain still hold.
 */
export interface AuditRemoval {
  /**
   * Entries older than `before` (ISO 8601) that still have their content, from the start of the
   * trail up to the first younger one or the end of the kept tree; `upTo` is the index behind the
   * last of them.
   */
  due(before: string): Promise<{ entries: number; upTo: number }>;
  /**
   * Removes the content of entries below `upTo`, in pieces, each checked against chain and tree
   * first; gives how many. Safe to break off and repeat. Call once a `data.purged` entry says so:
   * without it the trail no longer verifies. Throws CheckpointError `audit_broken`.
   */
  remove(upTo: number): Promise<number>;
}

/** The Merkle tree of the trail, as far as it was grown. */
export interface AuditTree {
  /** Leaf hashes kept so far. */
  size(): Promise<number>;
  readTile: ReadTile;
  /**
   * Takes in the entries up to `size`, each checked first. Throws CheckpointError `audit_broken`.
   */
  grow(size: number): Promise<void>;
  root(size: number): Promise<Hash>;
}
