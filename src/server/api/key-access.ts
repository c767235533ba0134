import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import { hasScope, isUnlimited } from '../../governance/key-scopes.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import { Problem } from '../problem.ts';
import type { ServerParts } from '../types.ts';
import { AccessKeyCache } from './access-key-cache.ts';
import type { KeyLimits } from './key-limits.ts';
import { ROUTE_SCOPES } from './route-scopes.ts';

/** Context variables of a route that requires an access key. */
export type KeyEnv = { Variables: { key: AccessKey } };

type AccessParts = Pick<ServerParts, 'store' | 'now' | 'log'>;

/** Who may use which route of /v1: authenticates access keys and checks their scopes. */
export class KeyAccess {
  readonly #keys: AccessKeyCache;
  readonly #log: AccessParts['log'];
  readonly #warned = new Set<string>();

  constructor(parts: AccessParts) {
    this.#keys = new AccessKeyCache(parts);
    this.#log = parts.log;
  }

  /** The valid key of a request. Throws Problem 401. */
  async authenticate({ req }: Context): Promise<AccessKey> {
    const key = await this.#keys.authenticate(req.raw.headers);
    if (isUnlimited(key) && !this.#warned.has(key.name)) {
      this.#warned.add(key.name);
      this.#log.warn({ key: key.name }, 'an access key has no scopes or no expiry; replace it');
    }
    return key;
  }

  /** Throws Problem 403 if the key does not have the scope of the route. */
  checkScope(context: Context, key: AccessKey): void {
    const route = routeOf(context);
    if (route === null) return;
    const scope = ROUTE_SCOPES[route];
    if (scope === undefined) throw new Error(`the route ${route} is not in ROUTE_SCOPES`);
    if (hasScope(key, scope)) return;
    throw new Problem(403, 'missing_scope', {
      message: `The access key ${key.name} does not have the scope ${scope}.`,
      remedy: `Use a key with it: \`arx keys create --name NAME --scope ${scope}\`.`,
    });
  }
}

/** The route that answers a request, as in ROUTE_SCOPES; null if there is none. */
function routeOf(context: Context): string | null {
  const route = matchedRoutes(context).find(({ method }) => method !== 'ALL');
  return route === undefined ? null : `${route.method} ${route.path}`;
}

/** Takes the allowance of a key for `count` requests. Throws Problem 429. */
export function checkLimit(
  limits: KeyLimits,
  key: AccessKey,
  { count = 1, what, setting }: { count?: number; what: string; setting: string },
): void {
  const wait = limits.take(key, count);
  if (wait === null) return;
  throw new Problem(429, 'rate_limited', {
    message: `This access key has ${what} than it may per minute.`,
    remedy: `Try again in ${wait} s. The limit is ${setting} in arx.yaml.`,
    retryAfter: wait,
  });
}
