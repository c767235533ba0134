import { attempt, bad } from './check.ts';
import type { CheckResult } from './check.ts';
import type { Bench } from './vendors.ts';

const TOKEN =
  'Make a new token as a read-only administrator and set OKTA_API_TOKEN (or where credentials.okta.vault names; or check OKTA_CLIENT_ID and OKTA_PRIVATE_KEY).';
const permissionRemedy = (scope: string): string =>
  `Give the token's owner the read-only administrator role; a service app needs the scope ${scope} and an admin role.`;
const remedies = (scope: string): Record<string, string> => ({
  unauthenticated: TOKEN,
  forbidden: permissionRemedy(scope),
});

/** The token, and each permission that the check needs, with the rate limit seen. */
export async function* oktaChecks({
  connectors: { okta },
  about,
  last,
}: Bench): AsyncGenerator<CheckResult> {
  const limit = (): string => {
    const seen = last('okta')?.rateLimit;
    return seen
      ? `, limit ${seen.limit} a window, ${seen.remaining} remaining`
      : ', no rate limit told';
  };
  let someone: string | null = null;
  yield await attempt(
    'okta users:read',
    async () => {
      const { output } = await okta(
        'users:read',
        { statuses: ['ACTIVE'], limit: 1 },
        about('users'),
      );
      someone = output.items[0]?.id ?? null;
      if (someone === null)
        return bad(
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
      if (someone === null)
        return bad(
          'okta users:read_factors',
          'not tried: no user to try it with',
          'Make users:read work first.',
        );
      await okta('users:read_factors', { userId: someone }, about(someone));
      return `allowed${limit()}`;
    },
    remedies('okta.users.read'),
  );
  yield await attempt(
    'okta groups:read',
    async () => {
      await okta('groups:read', { limit: 1 }, about('groups'));
      return `allowed${limit()}`;
    },
    remedies('okta.groups.read'),
  );
}
