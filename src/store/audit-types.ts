import type { Hash } from '../audit/merkle.ts';
import type { ReadTile } from '../audit/tiles.ts';
import type { StoreTransaction } from './types.ts';

/**
 * A public key of the log. It may sign checkpoints of sizes from `fromSize` to `toSize` (null: the
 * key is in use).
 */
export interface AuditKey {
  verifierKey: string;
  /** ISO 8601 UTC. */
  createdAt: string;
  fromSize: number;
  toSize: number | null;
}

/** The public keys of the log, including old ones. Private keys are never stored. */
export interface AuditKeyRepository {
  /** In the order in which they were used. */
  list(): Promise<AuditKey[]>;
  /**
   * Puts a key in use and retires the previous one at the current size of the log. A key that is
   * already in use stays in use.
   */
  use(tx: StoreTransaction, key: Pick<AuditKey, 'verifierKey' | 'createdAt'>): Promise<void>;
}

/** A stored checkpoint; the note contains all of it. */
export interface CheckpointRow {
  size: number;
  note: string;
  /** ISO 8601 UTC; not signed. */
  at: string;
}

export interface CheckpointRepository {
  /** The checkpoint with the largest size. */
  newest(): Promise<CheckpointRow | null>;
  /** All of them, smallest size first. */
  list(): Promise<CheckpointRow[]>;
  /**
   * Stores a checkpoint signed with these keys; false, and nothing is stored, if one of them may
   * not sign that size.
   */
  add(row: CheckpointRow, verifierKeys: readonly string[]): Promise<boolean>;
}

/**
 * Removes the content of old entries. Their hashes stay, so that proofs and the chain remain valid.
 */
export interface AuditRemoval {
  /**
   * The entries older than `before` (ISO 8601) that still have their content, from the start of the
   * trail to the first newer entry or the end of the stored tree; `upTo` is the index after the
   * last of them.
   */
  due(before: string): Promise<{ entries: number; upTo: number }>;
  /**
   * Removes the content of entries below `upTo`, in batches that are first checked against chain
   * and tree; returns the number of entries. Safe to interrupt and repeat. Call it only after a
   * `data.purged` entry has been recorded, without which the trail no longer verifies. Throws
   * CheckpointError `audit_broken`.
   */
  remove(upTo: number): Promise<number>;
}

/** The Merkle tree of the trail, as far as it has been built. */
export interface AuditTree {
  /** Number of leaf hashes stored so far. */
  size(): Promise<number>;
  readTile: ReadTile;
  /** Adds the entries up to `size`, each checked first. Throws CheckpointError `audit_broken`. */
  grow(size: number): Promise<void>;
  root(size: number): Promise<Hash>;
}

/** The table of sinks for kysely; `0034-audit-sinks.ts` creates it. */
export interface AuditSinkDatabase {
  audit_sinks: { name: string; entries: number; shipped_at: string };
}

/** How much of the trail each sink has, by the name of the sink. */
export interface AuditSinkRepository {
  /** Null if nothing was ever shipped there. `shippedAt` is ISO 8601 UTC. */
  find(name: string): Promise<{ entries: number; shippedAt: string } | null>;
  /** Records that the sink has this many entries; never fewer than before. */
  advance(name: string, entries: number): Promise<void>;
  /**
   * Runs a task that no other process runs at the same time for this sink, and records the number of
   * entries that it returns. The task must not use the store.
   */
  alone(name: string, task: (entries: number) => Promise<number>): Promise<number>;
}
