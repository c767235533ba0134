import {
  groupInput,
  listGroupsInput,
  listUsersInput,
  membersInput,
  nameSearch,
  statusFilter,
  userInput,
} from './inputs.ts';
import { nextCursor } from './next-link.ts';
import { parseFactors, parseGroup, parseGroups, parseUser, parseUsers } from './projections.ts';
import type { Client } from '@okta/okta-sdk-nodejs';
import type { JsonObject } from '../../audit/types.ts';
import type { Answered, OperationRows } from '../operation.ts';
import type { OktaOperations, OktaPage } from '../types.ts';

const PAGE_SIZE = 200;

/** Okta's operations that have a client. Each page is a new collection: the SDK's own paging loses users. */
export const oktaOperations = (origin: string): OperationRows<OktaOperations, Client> => ({
  'users:read': {
    write: false,
    input: listUsersInput,
    route: () => ({ method: 'GET', path: '/api/v1/users', params: {} }),
    send: async ({ userApi }, { statuses, limit = PAGE_SIZE, after }) =>
      (await userApi.listUsers({ filter: statusFilter(statuses), limit, after: after ?? undefined })).getNextPage(),
    project: (answered) => page(parseUsers(answered.json), answered, { origin, path: '/api/v1/users' }),
    redact: ({ statuses, limit, after }) => ({ statuses: [...statuses], ...paging(limit, after) }),
    evidence: pageEvidence,
  },
  'users:read_detail': {
    write: false,
    input: userInput,
    route: ({ userId }) => ({ method: 'GET', path: '/api/v1/users/{userId}', params: { userId } }),
    send: async ({ userApi }, { userId }) => userApi.getUser({ userId }),
    project: ({ json, input }) => same(parseUser(json), input.userId),
    redact: ({ userId }) => ({ userId }),
    evidence: ({ status }) => ({ status }),
  },
  'users:read_factors': {
    write: false,
    input: userInput,
    route: ({ userId }) => ({ method: 'GET', path: '/api/v1/users/{userId}/factors', params: { userId } }),
    send: async ({ userFactorApi }, { userId }) => (await userFactorApi.listFactors({ userId })).getNextPage(),
    project: ({ json }) => parseFactors(json),
    redact: ({ userId }) => ({ userId }),
    evidence: (factors) => ({ factors: factors.length }),
  },
  'groups:read': {
    write: false,
    input: listGroupsInput,
    route: () => ({ method: 'GET', path: '/api/v1/groups', params: {} }),
    send: async ({ groupApi }, { name, limit = PAGE_SIZE, after }) => {
      const search = name === undefined ? undefined : nameSearch(name);
      return (await groupApi.listGroups({ search, limit, after: after ?? undefined })).getNextPage();
    },
    project: (answered) => {
      const { name } = answered.input;
      // Okta compares names without regard to case.
      const groups = parseGroups(answered.json).filter((group) => name === undefined || group.name === name);
      return page(groups, answered, { origin, path: '/api/v1/groups' });
    },
    redact: ({ name, limit, after }) => ({ byName: name !== undefined, ...paging(limit, after) }),
    evidence: pageEvidence,
  },
  'groups:read_detail': {
    write: false,
    input: groupInput,
    route: ({ groupId }) => ({ method: 'GET', path: '/api/v1/groups/{groupId}', params: { groupId } }),
    send: async ({ groupApi }, { groupId }) => groupApi.getGroup({ groupId }),
    project: ({ json, input }) => same(parseGroup(json), input.groupId),
    redact: ({ groupId }) => ({ groupId }),
  },
  'groups:read_members': {
    write: false,
    input: membersInput,
    route: ({ groupId }) => ({ method: 'GET', path: '/api/v1/groups/{groupId}/users', params: { groupId } }),
    send: async ({ groupApi }, { groupId, limit = PAGE_SIZE, after }) =>
      (await groupApi.listGroupUsers({ groupId, limit, after: after ?? undefined })).getNextPage(),
    project: (answered) =>
      page(parseUsers(answered.json), answered, { origin, path: `/api/v1/groups/${answered.input.groupId}/users` }),
    redact: ({ groupId, limit, after }) => ({ groupId, ...paging(limit, after) }),
    evidence: pageEvidence,
  },
});

const page = <Item>(
  items: Item[],
  { answer, input }: Answered<{ after?: string | null }>,
  listing: { origin: string; path: string },
): OktaPage<Item> => ({ items, next: nextCursor(answer.headers, { ...listing, after: input.after ?? null }) });

function same<Item extends { id: string }>(item: Item, id: string): Item {
  if (item.id !== id) throw new TypeError('the answer is about another object');
  return item;
}

const paging = (limit: number | undefined, after: string | null | undefined): JsonObject => ({
  limit: limit ?? PAGE_SIZE,
  continued: Boolean(after),
});

function pageEvidence({ items, next }: OktaPage<unknown>): JsonObject {
  return { items: items.length, more: next !== null };
}
