import { userInput } from '../inputs.ts';
import { parseEnrollments, parseFactors, parseRoles } from '../projections/enrolments.ts';
import { parseGroups } from '../projections/groups.ts';
import { parseAppLinks } from '../projections/users.ts';
import type { OktaUserOperations } from '../types.ts';
import { countEvidence, routeTo, whole } from './shared.ts';
import type { OktaRows } from './shared.ts';

type UserLists = Pick<
  OktaUserOperations,
  `users:${'read_factors' | 'read_apps' | 'read_groups' | 'read_roles' | 'read_enrollments'}`
>;

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
    project: ({ json }) => parseFactors(json),
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
    input: userInput,
    route: ({ userId }) => routeTo('GET', `${ONE}/groups`, { userId }),
    send: async ({ userApi }, { userId }) =>
      (await userApi.listUserGroups({ userId })).getNextPage(),
    project: (answered) =>
      whole(parseGroups(answered.json), answered, {
        origin,
        path: under(answered.input.userId, 'groups'),
      }),
    redact: ({ userId }) => ({ userId }),
    evidence: countEvidence,
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
