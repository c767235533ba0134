import { z } from 'zod';
import { expression, oktaId, pageFields } from '../inputs.ts';
import { parseApp, parseAppGroup, parseAppUser } from '../projections/apps.ts';
import type { OktaAppOperations } from '../types-access.ts';
import { cursorOf, nothing, page, pageEvidence, pagingOf, routeTo, same } from './shared.ts';
import type { OktaRows } from './shared.ts';

const PAGE_SIZE = 200;
/** Maximum number of user assignments on one page. */
const LARGEST_USER_PAGE = 500;

const listInput = z.strictObject({
  q: expression.optional(),
  filter: expression.optional(),
  ...pageFields(PAGE_SIZE),
});
const appInput = z.strictObject({ appId: oktaId });
const assignInput = z.strictObject({ appId: oktaId, userId: oktaId });
const removeInput = z.strictObject({
  appId: oktaId,
  userId: oktaId,
  sendEmail: z.boolean().optional(),
});
const usersInput = z.strictObject({
  appId: oktaId,
  q: expression.optional(),
  ...pageFields(LARGEST_USER_PAGE),
});
const groupsInput = z.strictObject({ appId: oktaId, ...pageFields(PAGE_SIZE) });

const ONE = '/api/v1/apps/{appId}';

/** Operations on applications and their assignments. */
export const appRows = (origin: string): OktaRows<OktaAppOperations> => ({
  'apps:read': {
    write: false,
    input: listInput,
    route: () => routeTo('GET', '/api/v1/apps'),
    send: async ({ applicationApi }, { q, filter, limit = PAGE_SIZE, after }) =>
      (
        await applicationApi.listApplications({ q, filter, limit, after: cursorOf({ after }) })
      ).getNextPage(),
    project: (answered) => page(parseApp, answered, { origin, path: '/api/v1/apps' }),
    redact: ({ q, filter, ...pages }) => ({
      byName: q !== undefined,
      byFilter: filter !== undefined,
      ...pagingOf(pages, PAGE_SIZE),
    }),
    evidence: pageEvidence,
  },
  'apps:read_detail': {
    write: false,
    input: appInput,
    route: ({ appId }) => routeTo('GET', ONE, { appId }),
    send: async ({ applicationApi }, { appId }) => applicationApi.getApplication({ appId }),
    project: ({ json, input }) => same(parseApp(json), input.appId),
    redact: ({ appId }) => ({ appId }),
    evidence: ({ status }) => ({ status }),
  },
  'apps:assign_user': {
    write: true,
    input: assignInput,
    // Okta has no PUT for this; the user is in the body.
    route: ({ appId }) => routeTo('POST', `${ONE}/users`, { appId }),
    send: async ({ applicationApi }, { appId, userId }) =>
      applicationApi.assignUserToApplication({
        appId,
        appUser: { id: userId, scope: 'USER' } as never,
      }),
    project: ({ json, input }) => same(parseAppUser(json), input.userId),
    redact: ({ appId, userId }) => ({ appId, userId }),
    evidence: ({ status }) => ({ status }),
  },
  'apps:remove_user': {
    write: true,
    input: removeInput,
    route: ({ appId, userId }) => routeTo('DELETE', `${ONE}/users/{userId}`, { appId, userId }),
    send: async ({ applicationApi }, { appId, userId, sendEmail }) =>
      applicationApi.unassignUserFromApplication({ appId, userId, sendEmail }),
    project: nothing,
    redact: ({ appId, userId }) => ({ appId, userId }),
  },
  'apps:read_users': {
    write: false,
    input: usersInput,
    route: ({ appId }) => routeTo('GET', `${ONE}/users`, { appId }),
    send: async ({ applicationApi }, { appId, q, limit = PAGE_SIZE, after }) =>
      (
        await applicationApi.listApplicationUsers({ appId, q, limit, after: cursorOf({ after }) })
      ).getNextPage(),
    project: (answered) =>
      page(parseAppUser, answered, {
        origin,
        path: `/api/v1/apps/${answered.input.appId}/users`,
      }),
    redact: ({ appId, q, ...pages }) => ({
      appId,
      byName: q !== undefined,
      ...pagingOf(pages, PAGE_SIZE),
    }),
    evidence: pageEvidence,
  },
  'apps:read_groups': {
    write: false,
    input: groupsInput,
    route: ({ appId }) => routeTo('GET', `${ONE}/groups`, { appId }),
    send: async ({ applicationApi }, { appId, limit = PAGE_SIZE, after }) =>
      (
        await applicationApi.listApplicationGroupAssignments({
          appId,
          limit,
          after: cursorOf({ after }),
        })
      ).getNextPage(),
    project: (answered) =>
      page(parseAppGroup, answered, {
        origin,
        path: `/api/v1/apps/${answered.input.appId}/groups`,
      }),
    redact: ({ appId, ...pages }) => ({ appId, ...pagingOf(pages, PAGE_SIZE) }),
    evidence: pageEvidence,
  },
});
