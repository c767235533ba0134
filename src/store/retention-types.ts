/** The number of rows per kind, in plain words; kinds without rows are omitted. */
export type RemovalCounts = Readonly<Record<string, number>>;

/**
 * Removal of personal data past its retention period; src/store/retention defines which data, and
 * why.
 */
export interface RetentionRepository {
  /** Counts what `remove` would remove, without changing anything. `before` is ISO 8601. */
  due(before: string): Promise<RemovalCounts>;
  /**
   * Removes the data in batches, each in its own transaction. If interrupted, it can be called
   * again and continues. `onPiece` is called for each batch. Returns what this call has removed.
   */
  remove(before: string, onPiece?: (what: string, rows: number) => void): Promise<RemovalCounts>;
}
