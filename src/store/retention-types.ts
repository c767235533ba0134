/** Rows by what they are, in plain words; what there is none of is left out. */
export type RemovalCounts = Readonly<Record<string, number>>;

/**
 * Personal data that is older than the organisation wants to keep; which, and why, is in
 * src/store/retention.
 */
export interface RetentionRepository {
  /** What `remove` would take; changes nothing. `before` is ISO 8601. */
  due(before: string): Promise<RemovalCounts>;
  /**
   * Removes it piece by piece, each in a transaction of its own: broken off at any point it may be
   * called again, which does the rest. `onPiece` hears of each piece. Gives what was removed by
   * this call.
   */
  remove(before: string, onPiece?: (what: string, rows: number) => void): Promise<RemovalCounts>;
}
