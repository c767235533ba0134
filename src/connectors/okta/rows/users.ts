import { z } from 'zod';
import { atMostOne, expression, oktaId, pageFields, quote, userInput } from '../inputs.ts';
import { parseUser, parseUserDetail } from '../projections/users.ts';
import type { OktaProfile, OktaUserOperations } from '../types.ts';
import { USER_STATUSES } from '../statuses.ts';
import { cursorOf, page, pageEvidence, pagingOf, routeTo, same } from './shared.ts';
import type { OktaRows } from './shared.ts';

const PAGE_SIZE = 200;

const listInput = z
  .strictObject({
    statuses: z.array(z.enum(USER_STATUSES)).min(1).optional(),
    login: expression.optional(),
    email: expression.optional(),
    search: expression.optional(),
    q: expression.optional(),
    ...pageFields(PAGE_SIZE),
  })
  .refine(atMostOne('statuses', 'login', 'email', 'search', 'q'), { path: ['search'] });

const value = z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]);
const list = z.array(z.union([z.string().max(2000), z.number()])).max(100);
// Credentials are not profile attributes and cannot be passed, so passwords never pass through arx.
const profile = z
  .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/), z.union([value, list]))
  .refine(
    (attributes) => Object.keys(attributes).length > 0 && Object.keys(attributes).length <= 300,
  );

const createInput = z.strictObject({
  profile,
  activate: z.boolean().optional(),
  groupIds: z.array(oktaId).max(20).optional(),
});
const updateInput = z.strictObject({
  userId: oktaId,
  mode: z.enum(['merge', 'replace']).default('merge'),
  profile,
});

/** `status eq "ACTIVE" or status eq "…"`. */
const statusFilter = (statuses: readonly string[]): string =>
  statuses.map((status) => `status eq ${quote(status)}`).join(' or ');

/** Uses a filter, because unlike a search it finds users who were just created. */
function filterOf({
  statuses,
  login,
  email,
}: Pick<Listing, 'statuses' | 'login' | 'email'>): string | undefined {
  if (login !== undefined) return `profile.login eq ${quote(login)}`;
  return email === undefined
    ? statuses && statusFilter(statuses)
    : `profile.email eq ${quote(email)}`;
}

const ONE = '/api/v1/users/{userId}';
const UPDATES = { merge: 'POST', replace: 'PUT' } as const;

/** The names of the attributes in a profile; their values are personal. */
const attributes = (given: OktaProfile): string[] => Object.keys(given).sort();
type Listing = OktaUserOperations['users:read']['input'];
type Profiles = Pick<OktaUserOperations, `users:${'read' | 'read_detail' | 'create' | 'update'}`>;

/** Operations on users and their profiles. */
export const userRows = (origin: string): OktaRows<Profiles> => ({
  'users:read': {
    write: false,
    input: listInput,
    route: () => routeTo('GET', '/api/v1/users'),
    send: async ({ userApi }, { search, q, limit = PAGE_SIZE, after, ...by }) => {
      const filter = filterOf(by);
      return (
        await userApi.listUsers({ filter, search, q, limit, after: cursorOf({ after }) })
      ).getNextPage();
    },
    project: (answered) => page(parseUser, answered, { origin, path: '/api/v1/users' }),
    redact: ({ statuses, login, email, search, q, ...pages }) => ({
      statuses: statuses ? [...statuses] : [],
      ...(login === undefined ? {} : { byLogin: true }),
      ...(email === undefined ? {} : { byEmail: true }),
      ...(search === undefined ? {} : { bySearch: true }),
      ...(q === undefined ? {} : { byName: true }),
      ...pagingOf(pages, PAGE_SIZE),
    }),
    evidence: pageEvidence,
  },
  'users:read_detail': {
    write: false,
    input: userInput,
    route: ({ userId }) => routeTo('GET', ONE, { userId }),
    send: async ({ userApi }, { userId }) => userApi.getUser({ userId }),
    project: ({ json, input }) => same(parseUserDetail(json), input.userId),
    redact: ({ userId }) => ({ userId }),
    evidence: ({ status }) => ({ status }),
  },
  'users:create': {
    write: true,
    input: createInput,
    route: () => routeTo('POST', '/api/v1/users'),
    send: async ({ userApi }, { activate = true, profile: given, groupIds }) =>
      userApi.createUser({
        body: { profile: { ...given } as never, groupIds: groupIds && [...groupIds] },
        activate,
      }),
    project: ({ json }) => parseUser(json),
    redact: ({ profile: given, activate = true, groupIds = [] }) => ({
      attributes: attributes(given),
      activate,
      groupIds: [...groupIds],
    }),
    evidence: ({ id, status }) => ({ id, status }),
  },
  'users:update': {
    write: true,
    input: updateInput,
    route: ({ userId, mode = 'merge' }) => routeTo(UPDATES[mode], ONE, { userId }),
    send: async ({ userApi }, { userId, mode = 'merge', profile: given }) => {
      const request = { userId, user: { profile: { ...given } as never } };
      return mode === 'replace' ? userApi.replaceUser(request) : userApi.updateUser(request);
    },
    project: ({ json, input }) => same(parseUser(json), input.userId),
    redact: ({ userId, mode = 'merge', profile: given }) => ({
      userId,
      mode,
      attributes: attributes(given),
    }),
    evidence: ({ status }) => ({ status }),
  },
});
