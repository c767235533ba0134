import type { Answer } from '../types.ts';

/** The rate limit of one account in Jira Data Center. */
export interface TokenBucketSettings {
  /** Most tokens, one for each request. */
  limit: number;
  /** New tokens in each interval. */
  fillRate: number;
  intervalSeconds: number;
}

/** Tokens of the account; full at the first request. */
export class TokenBucket {
  #tokens: number | null = null;
  #filledAt = 0;

  /** The headers of an answer, and the refusal if there was no token left. */
  take(
    { limit, fillRate, intervalSeconds }: TokenBucketSettings,
    now: number,
  ): { headers: Record<string, string>; refusal: Answer | null } {
    const intervalMs = intervalSeconds * 1000;
    if (this.#tokens === null) [this.#tokens, this.#filledAt] = [limit, now];
    const intervals = Math.floor((now - this.#filledAt) / intervalMs);
    this.#filledAt += intervals * intervalMs;
    this.#tokens = Math.min(limit, this.#tokens + intervals * fillRate);
    const refused = this.#tokens === 0;
    if (!refused) this.#tokens -= 1;
    const untilFilled = Math.ceil((this.#filledAt + intervalMs - now) / 1000);
    const headers = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(this.#tokens),
      'x-ratelimit-fillrate': String(fillRate),
      'x-ratelimit-interval-seconds': String(intervalSeconds),
      'retry-after': this.#tokens > 0 ? '0' : String(untilFilled),
    };
    return { headers, refusal: refused ? { status: 429, text: 'Rate limit exceeded.' } : null };
  }
}
