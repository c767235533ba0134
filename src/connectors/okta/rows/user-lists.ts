import { z } from 'zod';
import { oktaId, pageFields, userInput } from '../inputs.ts';
import { parseEnrollments, parseFactors, parseRoles } from '../projections/enrolments.ts';
import { parseGroup } from '../projections/groups.ts';
import { parseAppLinks } from '../projections/users.ts';
import type { OktaUserOperations } from '../types.ts';
import { countEvidence, page, pageEvidence, pagingOf, routeTo, whole } from './shared.ts';
import type { OktaRows } from './shared.ts';

type UserLists = Pick<
  OktaUserOperations,
  `users:${'read_factors' | 'read_apps' | 'read_groups' | 'read_roles' | 'read_enrollments'}`
>;

const PAGE_SIZE = 200;

const groupsInput = z.strictObject({ userId: oktaId, ...pageFields(PAGE_SIZE) });

const ONE = '/api/v1/users/{userId}';
const under = (userId: string, rest: string): string => `/api/v1/users/${userId}/${rest}`;

/** Operations that list a user's factors, applications, groups, roles and authenticators. */
export const userListRows = (origin: string): OktaRows<UserLists> => ({
  'users:read_factors': {
    write: false,
    input: userInput,
    route: ({ userId }) => routeTo('GET', `${ONE}/factors`, { userId }),
    send: async ({ userFactorApi }, { userId }) =>
      (await userFactorApi.listFactors({ userId })).getNextPage(),
    project: (answered) =>
      whole(parseFactors(answered.json), answered, {
        origin,
        path: under(answered.input.userId, 'factors'),
      }),
    redact: ({ userId }) => ({ userId }),
    evidence: (factors) => ({ factors: factors.length }),
  },
  'users:read_apps': {
    write: false,
    input: userInput,
    route: ({ userId }) => routeTo('GET', `${ONE}/appLinks`, { userId }),
    send: async ({ userApi }, { userId }) => (await userApi.listAppLinks({ userId })).getNextPage(),
    project: (answered) =>
      whole(parseAppLinks(answered.json), answered, {
        origin,
        path: under(answered.input.userId, 'appLinks'),
      }),
    redact: ({ userId }) => ({ userId }),
    evidence: countEvidence,
  },
  'users:read_groups': {
    write: false,
    input: groupsInput,
    route: ({ userId }) => routeTo('GET', `${ONE}/groups`, { userId }),
    send: async ({ userApi }, { userId, limit = PAGE_SIZE, after }) => {
      const groups = await userApi.listUserGroups({ userId });
      // The SDK has no parameters for the pages of this listing.
      groups.nextUri = withQuery(groups.nextUri, { limit, after });
      return groups.getNextPage();
    },
    project: (answered) =>
      page(parseGroup, answered, {
        origin,
        path: under(answered.input.userId, 'groups'),
      }),
    redact: ({ userId, ...pages }) => ({ userId, ...pagingOf(pages, PAGE_SIZE) }),
    evidence: pageEvidence,
  },
  'users:read_roles': {
    write: false,
    input: userInput,
    route: ({ userId }) => routeTo('GET', `${ONE}/roles`, { userId }),
    send: async ({ roleAssignmentApi }, { userId }) =>
      (await roleAssignmentApi.listAssignedRolesForUser({ userId })).getNextPage(),
    project: (answered) =>
      whole(parseRoles(answered.json), answered, {
        origin,
        path: under(answered.input.userId, 'roles'),
      }),
    redact: ({ userId }) => ({ userId }),
    evidence: countEvidence,
  },
  'users:read_enrollments': {
    write: false,
    input: userInput,
    route: ({ userId }) => routeTo('GET', `${ONE}/authenticator-enrollments`, { userId }),
    // Without discloseIdentifiers, Okta masks phone numbers.
    send: async ({ userAuthenticatorEnrollmentsApi }, { userId }) =>
      userAuthenticatorEnrollmentsApi.listAuthenticatorEnrollments({ userId }),
    project: ({ json }) => parseEnrollments(json),
    redact: ({ userId }) => ({ userId }),
    evidence: countEvidence,
  },
});

function withQuery(
  uri: string,
  { limit, after }: { limit: number; after?: string | null | undefined },
): string {
  const url = new URL(uri);
  url.searchParams.set('limit', String(limit));
  if (after) url.searchParams.set('after', after);
  return url.href;
}
