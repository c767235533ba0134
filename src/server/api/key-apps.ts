import { Hono } from 'hono';
import type { ServerParts } from '../types.ts';
import { checkLimit } from './key-access.ts';
import type { KeyAccess, KeyEnv } from './key-access.ts';
import { KeyLimits } from './key-limits.ts';

const LIMIT = { what: 'sent more requests', setting: 'api.requests_per_minute' };

/** Creates apps whose routes need a valid key with their scope, and share one limit per key. */
export class KeyApps {
  readonly #access: KeyAccess;
  readonly #limits: KeyLimits;

  constructor(parts: Pick<ServerParts, 'requestsPerMinute' | 'now'>, access: KeyAccess) {
    this.#access = access;
    this.#limits = new KeyLimits(parts.requestsPerMinute, parts.now);
  }

  /** The key is in the context of each request. */
  create(): Hono<KeyEnv> {
    const app = new Hono<KeyEnv>();
    app.use(async (context, next) => {
      const key = await this.#access.authenticate(context);
      this.#access.checkScope(context, key);
      checkLimit(this.#limits, key, LIMIT);
      context.set('key', key);
      await next();
    });
    return app;
  }
}
