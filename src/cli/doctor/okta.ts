import { attempt, fail } from './check.ts';
import type { CheckResult, Remedies } from './check.ts';
import type { VendorCheckContext } from './vendors.ts';

const TOKEN =
  'Create a new token as a read-only administrator and set OKTA_API_TOKEN (or store it where credentials.okta.vault points). For a service app, check OKTA_CLIENT_ID and OKTA_PRIVATE_KEY.';
const permissionRemedy = (scope: string): string =>
  `Give the owner of the token the read-only administrator role. A service app needs the scope ${scope} and an administrator role.`;
const NETWORK =
  'Okta refuses the address of this machine: allow it in the network zones (Security, Networks; for a token also Security, API, Tokens).';
const DOMAIN =
  'Set OKTA_DOMAIN to the domain of the organisation, such as example.okta.com, and check that this machine can reach it.';

/** Remedies for the refusals of a service app's token request, by the error of OAuth. */
const TOKEN_REMEDIES: Readonly<Record<string, string>> = {
  invalid_client:
    'Check OKTA_CLIENT_ID, that its app is active, that the public key of OKTA_PRIVATE_KEY is registered with it, and the clock of this machine.',
  invalid_dpop_proof:
    'Turn off "Require Demonstrating Proof of Possession (DPoP) header in token requests" for the service app.',
  unauthorized_client: 'Allow the grant type Client Credentials for the service app.',
  access_denied: NETWORK,
};

/** What to do if an operation that needs this scope is refused. */
const remedies =
  (scope: string): Remedies =>
  (code, vendorCode) => {
    if (vendorCode === 'invalid_scope')
      return `Grant the scope ${scope} to the service app, under Okta API Scopes.`;
    if (vendorCode !== null && Object.hasOwn(TOKEN_REMEDIES, vendorCode))
      return TOKEN_REMEDIES[vendorCode];
    if (code === 'unauthenticated') return TOKEN;
    // Okta itself always names its own code; without one, the request did not get that far.
    if (code === 'forbidden') return vendorCode === null ? NETWORK : permissionRemedy(scope);
    return code === 'malformed' || code === 'unavailable' ? DOMAIN : undefined;
  };

/** The token, and each permission that the check needs, with the reported rate limit. */
export async function* oktaChecks({
  settings,
  connectors: { okta },
  callContext,
  lastExchange,
}: VendorCheckContext): AsyncGenerator<CheckResult> {
  const limit = (): string => {
    const seen = lastExchange('okta')?.rateLimit;
    return seen
      ? `, limit ${seen.limit} per window, ${seen.remaining} remaining`
      : ', no rate limit reported';
  };
  let userId: string | null = null;
  yield await attempt(
    'okta users:read',
    async () => {
      const { output } = await okta(
        'users:read',
        { statuses: ['ACTIVE'], limit: 1 },
        callContext('users'),
      );
      userId = output.items[0]?.id ?? null;
      if (userId === null)
        return fail(
          'okta users:read',
          'allowed, but no active user is listed',
          permissionRemedy('okta.users.read'),
        );
      return `allowed${limit()}`;
    },
    remedies('okta.users.read'),
  );
  yield await attempt(
    'okta users:read_factors',
    async () => {
      if (userId === null)
        return fail(
          'okta users:read_factors',
          'not tried: no user to try it with',
          'Make users:read work first.',
        );
      await okta('users:read_factors', { userId }, callContext(userId));
      return `allowed${limit()}`;
    },
    remedies('okta.users.read'),
  );
  yield await attempt(
    'okta groups:read',
    async () => {
      await okta('groups:read', { limit: 1 }, callContext('groups'));
      return `allowed${limit()}`;
    },
    remedies('okta.groups.read'),
  );
  if (settings.config.scan.mode !== 'delta') return;
  yield await attempt(
    'okta logs:read',
    async () => {
      await okta('logs:read', { sortOrder: 'DESCENDING', limit: 1 }, callContext('logs'));
      return `allowed${limit()}`;
    },
    remedies('okta.logs.read'),
  );
}
