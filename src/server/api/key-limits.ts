import type { AccessKey } from '../../store/governance-types.ts';

const MINUTE_MS = 60_000;
/** Keys that are remembered at most; who comes by more is forgotten first. */
const MOST_KEYS = 10_000;

/** What each key may still ask for, as a bucket that fills up evenly and holds a minute's worth. */
export class KeyLimits {
  readonly #perMinute: () => number;
  readonly #now: () => Date;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(perMinute: () => number, now: () => Date) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /**
   * Takes so many (accounts, requests); null where that is allowed, else the seconds to wait. More
   * than a minute's worth waits for a full bucket.
   */
  take({ name }: Pick<AccessKey, 'name'>, accounts: number): number | null {
    const perMinute = this.#perMinute();
    const at = this.#now().getTime();
    const known = this.#buckets.get(name) ?? { left: perMinute, at };
    const left = Math.min(perMinute, known.left + ((at - known.at) * perMinute) / MINUTE_MS);
    const needed = Math.min(accounts, perMinute);
    const allowed = left >= needed;
    this.#remember(name, { left: allowed ? left - accounts : left, at });
    return allowed ? null : Math.max(1, Math.ceil(((needed - left) * 60) / perMinute));
  }

  #remember(name: string, bucket: { left: number; at: number }): void {
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST_KEYS && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
