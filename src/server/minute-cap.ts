const MINUTE_MS = 60_000;

/** A limit per clock minute, so that callers cannot flood the audit trail. */
export class MinuteCap {
  readonly #limit: number;
  readonly #now: () => Date;
  #minute = 0;
  #used = 0;

  constructor(limit: number, now: () => Date) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Counts one more; false if that exceeds the limit. */
  take(): boolean {
    const minute = Math.floor(this.#now().getTime() / MINUTE_MS);
    if (minute !== this.#minute) [this.#minute, this.#used] = [minute, 0];
    this.#used += 1;
    return this.#used <= this.#limit;
  }
}
