const MOST = 1_000;

/** Answers that are asked for once in a while at most; what failed is asked for again. */
export class TimedCache<Value> {
  readonly #known = new Map<string, { value: Promise<Value>; until: number }>();
  readonly #forMs: number;
  readonly #now: () => Date;

  constructor(forMs: number, now: () => Date) {
    this.#forMs = forMs;
    this.#now = now;
  }

  get(key: string, ask: () => Promise<Value>): Promise<Value> {
    const at = this.#now().getTime();
    const known = this.#known.get(key);
    if (known && known.until > at) return known.value;
    if (this.#known.size >= MOST) this.#known.clear();
    const value = ask();
    this.#known.set(key, { value, until: at + this.#forMs });
    value.catch(() => this.#known.delete(key));
    return value;
  }
}
