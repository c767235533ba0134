import type { UserVerdict } from '../repositories/verdicts.ts';
import type { StoreTransaction } from '../types.ts';

interface Waiting {
  item: UserVerdict;
  resolve(): void;
  reject(error: unknown): void;
}

const OPEN = new WeakMap<StoreTransaction, JointWrites>();

/** Collects the writes of several effects of one transaction and sends them together. */
export class JointWrites {
  readonly #tx: StoreTransaction;
  #waiting: Waiting[] = [];
  #joined: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(tx: StoreTransaction) {
    this.#tx = tx;
  }

  /** Starts to collect the writes of this transaction until `close`. */
  static open(tx: StoreTransaction): JointWrites {
    const joint = new JointWrites(tx);
    OPEN.set(tx, joint);
    return joint;
  }

  /** The collected writes of a transaction; null if each write is sent by itself. */
  static of(tx: StoreTransaction): JointWrites | null {
    return OPEN.get(tx) ?? null;
  }

  /** Settles when the write is done or has failed. */
  add(item: UserVerdict): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#joined.resolve();
    });
  }

  /** Resolves when a write has been added since the last call. */
  async waitForWrite(): Promise<void> {
    await this.#joined.promise;
    this.#joined = Promise.withResolvers();
  }

  /**
   * Sends the collected writes. `write` returns the failure of each item, or null. Later writes are
   * sent by themselves.
   */
  async close(write: (items: readonly UserVerdict[]) => Promise<(Error | null)[]>): Promise<void> {
    OPEN.delete(this.#tx);
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    try {
      const failures = await write(waiting.map(({ item }) => item));
      waiting.forEach(({ resolve, reject }, n) => (failures[n] ? reject(failures[n]) : resolve()));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
