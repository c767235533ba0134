import { attempt, fail } from './check.ts';
import type { CheckResult } from './check.ts';
import type { VendorCheckContext } from './vendors.ts';

const TOKEN =
  'Create a new token as a read-only administrator and set OKTA_API_TOKEN (or store it where credentials.okta.vault points). For a service app, check OKTA_CLIENT_ID and OKTA_PRIVATE_KEY.';
const permissionRemedy = (scope: string): string =>
  `Give the owner of the token the read-only administrator role. A service app needs the scope ${scope} and an administrator role.`;
const remedies = (scope: string): Record<string, string> => ({
  unauthenticated: TOKEN,
  forbidden: permissionRemedy(scope),
});

/** The token, and each permission that the check needs, with the reported rate limit. */
export async function* oktaChecks({
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
}
