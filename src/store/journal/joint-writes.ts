import type { UserVerdict } from '../repositories/verdicts.ts';
import type { StoreTransaction } from '../types.ts';

interface Waiting {
  item: UserVerdict;
  resolve(): void;
  reject(error: unknown): void;
}

const OPEN = new WeakMap<StoreTransaction, JointWrites>();

/** Writes that several effects of one transaction ask for one by one, and that go out together. */
export class JointWrites {
  readonly #tx: StoreTransaction;
  #waiting: Waiting[] = [];
  #joined: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(tx: StoreTransaction) {
    this.#tx = tx;
  }

  /** From now on writes of this transaction wait for `close`. */
  static open(tx: StoreTransaction): JointWrites {
    const joint = new JointWrites(tx);
    OPEN.set(tx, joint);
    return joint;
  }

  /** Those of a transaction; null where each write goes out by itself. */
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

  /** Resolves when a write has come in since this was last asked. */
  async waitForWrite(): Promise<void> {
    await this.#joined.promise;
    this.#joined = Promise.withResolvers();
  }

  /**
   * Writes what waits; `write` gives the failure of each item, null where there is none. Later
   * writes go out alone.
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
