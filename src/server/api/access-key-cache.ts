import { createHash } from 'node:crypto';
import type { AccessKey } from '../../store/governance-types.ts';
import type { ServerParts } from '../types.ts';
import { readAccessKey } from './access-key.ts';

/**
 * How long a valid key is not looked up again, and therefore how long a revoked key may still work.
 */
const CACHED_MS = 1_000;
const MAX_KEYS = 1_000;

/** Access keys in request headers, each looked up at most once a second. */
export class AccessKeyCache {
  readonly #parts: Pick<ServerParts, 'store'>;
  readonly #known = new Map<string, { key: Promise<AccessKey>; until: number }>();

  constructor(parts: Pick<ServerParts, 'store'>) {
    this.#parts = parts;
  }

  /** The access key in `Authorization: Bearer` or `x-api-key`. Throws Problem 401. */
  async authenticate(headers: Headers): Promise<AccessKey> {
    const apiKey = headers.get('x-api-key');
    const given =
      headers.get('authorization') ?? (apiKey === null ? undefined : `Bearer ${apiKey}`);
    const hash = createHash('sha256')
      .update(given ?? '')
      .digest('hex');
    const known = this.#known.get(hash);
    if (known && known.until > performance.now()) return known.key;
    if (this.#known.size >= MAX_KEYS) this.#known.clear();
    const key = readAccessKey(this.#parts, given);
    this.#known.set(hash, { key, until: performance.now() + CACHED_MS });
    // Failures are not cached: a key that was just created must work at once.
    key.catch(() => this.#known.delete(hash));
    return key;
  }
}
