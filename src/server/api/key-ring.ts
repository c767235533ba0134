import { createHash } from 'node:crypto';
import type { AccessKey } from '../../store/governance-types.ts';
import type { ServerParts } from '../types.ts';
import { callerOf } from './caller.ts';

/**
 * A key that was found good is not looked up again for so long; a revoked one counts no longer than
 * that.
 */
const FRESH_MS = 1_000;
const MOST_KEYS = 1_000;

/** Access keys in the headers of many requests, each looked up once a second at most. */
export class KeyRing {
  readonly #parts: Pick<ServerParts, 'store'>;
  readonly #known = new Map<string, { owner: Promise<AccessKey>; until: number }>();

  constructor(parts: Pick<ServerParts, 'store'>) {
    this.#parts = parts;
  }

  /** Whose key stands in `Authorization: Bearer` or `x-api-key`. Throws Problem 401. */
  async owner(headers: Headers): Promise<AccessKey> {
    const apiKey = headers.get('x-api-key');
    const given =
      headers.get('authorization') ?? (apiKey === null ? undefined : `Bearer ${apiKey}`);
    const name = createHash('sha256')
      .update(given ?? '')
      .digest('hex');
    const known = this.#known.get(name);
    if (known && known.until > performance.now()) return known.owner;
    if (this.#known.size >= MOST_KEYS) this.#known.clear();
    const owner = callerOf(this.#parts, given);
    this.#known.set(name, { owner, until: performance.now() + FRESH_MS });
    // Only keys that count are remembered: one that was just made must not be refused for a second.
    owner.catch(() => this.#known.delete(name));
    return owner;
  }
}
