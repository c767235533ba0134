const MINUTE_MS = 60_000;

/** So many a minute, by the clock's minutes: whoever knocks must not fill the trail. */
export class MinuteCap {
  readonly #most: number;
  readonly #now: () => Date;
  #minute = 0;
  #taken = 0;

  constructor(most: number, now: () => Date) {
    this.#most = most;
    this.#now = now;
  }

  /** Whether one more goes. */
  take(): boolean {
    const minute = Math.floor(this.#now().getTime() / MINUTE_MS);
    if (minute !== this.#minute) [this.#minute, this.#taken] = [minute, 0];
    this.#taken += 1;
    return this.#taken <= this.#most;
  }
}
