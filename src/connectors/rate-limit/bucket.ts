import { DEFAULT_RETRY_MS } from './headers.ts';
import type { Priority, Quota, Sample } from './types.ts';

/** What is known of the running window. */
interface Window {
  limit: number;
  remaining: number;
  reset: number;
  /** On our clock. */
  endsAt: number;
}

interface Told {
  limit: number;
  remaining: number;
  reset: number;
  resetInMs: number | null;
}

/** How a request was let through. */
export type Place = 'ordinary' | 'probe';

// Date and reset are whole seconds. An answer that still sees all of Okta's minute ahead came in the second in which the
// window began, and then the two roundings cancel out; for any other the window may end up to a second later than told.
const FULL_WINDOW_MS = 60_000;
const ROUNDING_MS = 1_000;

/**
 * One bucket's book-keeping, without waiting: who may go now, and when to look again. Requests in flight count as
 * spent; while nothing is known, and again after each reset, a single probe finds out.
 */
export class Bucket {
  readonly #quota: Quota;
  readonly #maxInFlight: number;
  #window: Window | null = null;
  #unlimited = false;
  #inFlight = 0;
  #probing = false;
  #blockedUntil = -Infinity;
  #lastReset = 0;

  constructor(quota: Quota, maxInFlight: number) {
    this.#quota = quota;
    this.#maxInFlight = maxInFlight;
  }

  /** Takes a place where there is one: an ordinary one, or that of the probe. */
  tryTake(priority: Priority, now: number): Place | null {
    this.#expire(now);
    if (!this.#hasPlace(priority, now)) return null;
    this.#inFlight += 1;
    if (this.#window || this.#unlimited) return 'ordinary';
    this.#probing = true;
    return 'probe';
  }

  /** When waiting may end without an answer coming in; null where only an answer can end it. */
  wakeAt(now: number): number | null {
    if (now < this.#blockedUntil) return this.#blockedUntil;
    return this.#window && now < this.#window.endsAt ? this.#window.endsAt : null;
  }

  /** Gives the place back, with what the answer said; null where none came. */
  settle(place: Place, sample: Sample | null, now: number): void {
    this.#expire(now);
    this.#inFlight -= 1;
    if (place === 'probe') this.#probing = false;
    // Without headers the call may have counted all the same.
    if (!sample?.window && this.#window) this.#window.remaining -= 1;
    if (!sample) return;
    if (sample.window) this.#learn(place, { ...sample.window, resetInMs: sample.resetInMs }, now);
    else if (!this.#window && this.#lastReset === 0 && sample.settled) this.#unlimited = true;
    if (sample.throttled) this.#block(sample, now);
  }

  #hasPlace(priority: Priority, now: number): boolean {
    if (now < this.#blockedUntil || this.#inFlight >= this.#maxInFlight) return false;
    if (this.#window) return this.#window.remaining - this.#inFlight > this.#kept(this.#window.limit, priority);
    return this.#unlimited || !this.#probing;
  }

  /** Calls to leave unused; always at least one call of a window can be used, or nobody would ever go. */
  #kept(limit: number, priority: Priority): number {
    const usable = Math.floor(limit * this.#quota.share);
    const quiet = this.#quota.warningThreshold ? Math.ceil(limit * 0.9) - 1 : limit;
    const reserved = priority === 'scan' ? this.#quota.reserve : 0;
    return Math.min(limit - 1, limit - Math.min(usable, quiet) + reserved);
  }

  #learn(place: Place, told: Told, now: number): void {
    const known = this.#window;
    // Answers overtake each other: an older window says nothing any more, and in this one the lowest number holds.
    if (known ? told.reset < known.reset : place === 'ordinary' && told.reset <= this.#lastReset) return;
    if (known && told.reset === known.reset) {
      known.remaining = Math.min(known.remaining, told.remaining);
      return;
    }
    const endsInMs = told.resetInMs ?? DEFAULT_RETRY_MS;
    const endsAt = now + endsInMs + (endsInMs >= FULL_WINDOW_MS ? 0 : ROUNDING_MS);
    this.#window = { limit: told.limit, remaining: told.remaining, reset: told.reset, endsAt };
    this.#unlimited = false;
  }

  #block(sample: Sample, now: number): void {
    const until = now + (sample.resetInMs ?? DEFAULT_RETRY_MS);
    this.#blockedUntil = Math.max(this.#blockedUntil, until, this.#window?.endsAt ?? until);
    if (this.#window) this.#window.remaining = 0;
  }

  #expire(now: number): void {
    if (!this.#window || now < this.#window.endsAt) return;
    this.#lastReset = this.#window.reset;
    this.#window = null;
  }
}
