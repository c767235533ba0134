const MINUTE_MS = 60_000;
/** Callers that are counted on their own in one minute; all others share one count. */
const MAX_CALLERS = 1_000;

/** Who is counted. Everyone who proves nothing is one caller: strangers. */
type Caller = { key: string } | { slackUser: string } | 'strangers';

/**
 * A limit per caller and clock minute, so that callers can neither flood the audit trail nor keep
 * others out of it.
 */
export class MinuteCap {
  readonly #limit: number;
  readonly #now: () => Date;
  #minute = 0;
  readonly #used = new Map<string, number>();

  constructor(limit: number, now: () => Date) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Counts one more; false if that exceeds the limit of the caller. */
  take(caller: Caller): boolean {
    const minute = Math.floor(this.#now().getTime() / MINUTE_MS);
    if (minute !== this.#minute) this.#used.clear();
    this.#minute = minute;
    const name = JSON.stringify(caller);
    const isCounted = this.#used.has(name) || this.#used.size < MAX_CALLERS;
    const counted = isCounted ? name : 'others';
    const used = (this.#used.get(counted) ?? 0) + 1;
    this.#used.set(counted, used);
    return used <= this.#limit;
  }
}
