import type { Clock } from '../../../../src/connectors/rate-limit/types.ts';

/**
 * Time that passes only on request; timers fire in order, and their effects finish before the next
 * one.
 */
export class FakeClock implements Clock {
  #time = 0;
  #timers: { at: number; wake: () => void }[] = [];

  now(): number {
    return this.#time;
  }

  after(ms: number, wake: () => void): () => void {
    const timer = { at: this.#time + Math.max(0, ms), wake };
    const index = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(index < 0 ? this.#timers.length : index, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Advances time to `until`, or while `running` is true. */
  async run(until: number, running: () => boolean = () => true): Promise<void> {
    await settle();
    while (running() && (this.#timers[0]?.at ?? Infinity) <= until) {
      const timer = this.#timers.shift();
      if (!timer) break;
      this.#time = Math.max(this.#time, timer.at);
      timer.wake();
      await settle();
    }
    if (running()) this.#time = Math.max(this.#time, until);
  }
}

/** Runs everything that is ready. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
