import { createHash } from 'node:crypto';
import { findAccessKey } from '../../services/keys/find-key.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import { Problem } from '../problem.ts';
import type { ServerParts } from '../types.ts';

/**
 * How long a valid key is not looked up again, and therefore how long a revoked key may still work.
 */
const CACHED_MS = 1_000;
const MAX_KEYS = 1_000;

type KeyParts = Pick<ServerParts, 'store' | 'now'>;

/** Access keys in request headers, each looked up at most once a second. */
export class AccessKeyCache {
  readonly #parts: KeyParts;
  readonly #known = new Map<string, { key: Promise<AccessKey>; until: number }>();

  constructor(parts: KeyParts) {
    this.#parts = parts;
  }

  /** The valid access key in `Authorization: Bearer` or `x-api-key`. Throws Problem 401. */
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

async function readAccessKey({ store, now }: KeyParts, header = ''): Promise<AccessKey> {
  const [, text = ''] = /^Bearer +(\S+)$/i.exec(header) ?? [];
  const found = await findAccessKey(store, text, now());
  if (found?.state === 'active') return found.key;
  throw new Problem(401, 'unauthenticated', {
    message:
      found?.state === 'expired'
        ? `The access key ${found.key.name} has expired.`
        : 'The request has no valid access key.',
    remedy:
      'Send `Authorization: Bearer arxk_…` or `x-api-key: arxk_…` with a key from `arx keys create`.',
  });
}
