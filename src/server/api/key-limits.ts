import type { AccessKey } from '../../store/governance-types.ts';

const MINUTE_MS = 60_000;
/** Most keys that are remembered; the least recently used one is dropped first. */
const MAX_KEYS = 10_000;

/**
 * The remaining allowance of each key: a bucket that holds one minute's worth and refills evenly.
 */
export class KeyLimits {
  readonly #perMinute: () => number;
  readonly #now: () => Date;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(perMinute: () => number, now: () => Date) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /**
   * Takes a number of count or requests; null if allowed, else the seconds to wait. More than a
   * minute's worth waits for a full bucket.
   */
  take({ name }: Pick<AccessKey, 'name'>, count: number): number | null {
    const perMinute = this.#perMinute();
    const at = this.#now().getTime();
    const known = this.#buckets.get(name) ?? { left: perMinute, at };
    const left = Math.min(perMinute, known.left + ((at - known.at) * perMinute) / MINUTE_MS);
    const needed = Math.min(count, perMinute);
    const allowed = left >= needed;
    this.#remember(name, { left: allowed ? left - count : left, at });
    return allowed ? null : Math.max(1, Math.ceil(((needed - left) * 60) / perMinute));
  }

  #remember(name: string, bucket: { left: number; at: number }): void {
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MAX_KEYS && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
