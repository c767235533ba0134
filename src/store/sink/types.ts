/** One entry of the trail as stored, and its index. */
export interface IndexedText {
  index: number;
  text: string;
}

/** A copy of the audit trail outside the store, to which entries are only ever added. */
export interface AuditSink {
  /** Where it is, such as `file:/var/lib/arx/trail.jsonl`; it identifies the sink. */
  readonly name: string;
  /** Only one process may append at a time; without it, the sink itself refuses the second. */
  readonly exclusive: boolean;
  /** How old an entry must be before it may be missing at the start; null: never. */
  readonly keptMs: number | null;
  /**
   * Adds entries, the first at index `first`, and resolves when they are durable. If the sink already
   * has entries from `first` on, it adds nothing and returns them. Throws SinkError.
   */
  append(first: number, texts: readonly string[]): Promise<readonly string[] | null>;
  /** All its entries, in order. Throws SinkError. */
  pages(): AsyncIterable<IndexedText[]>;
  /** Checks that it can be reached, without writing. Throws SinkError. */
  probe(): Promise<void>;
}
