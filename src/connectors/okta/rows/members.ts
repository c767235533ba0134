import { z } from 'zod';
import { groupInput, oktaId, pageFields } from '../inputs.ts';
import { parseRoles } from '../projections/enrolments.ts';
import { parseUser } from '../projections/users.ts';
import type { OktaGroupOperations } from '../types.ts';
import {
  countEvidence,
  cursorOf,
  nothing,
  page,
  pageEvidence,
  pagingOf,
  routeTo,
  whole,
} from './shared.ts';
import type { OktaRows } from './shared.ts';

const PAGE_SIZE = 200;
/** Maximum number of members on one page. */
const LARGEST_PAGE = 1000;

const membersInput = z.strictObject({ groupId: oktaId, ...pageFields(LARGEST_PAGE) });
const memberInput = z.strictObject({ groupId: oktaId, userId: oktaId });

type Membership = Pick<
  OktaGroupOperations,
  `groups:${'read_members' | 'add_member' | 'remove_member' | 'read_roles'}`
>;

const ONE = '/api/v1/groups/{groupId}';
const MEMBER = `${ONE}/users/{userId}`;

/** Operations on the members and administrator roles of a group. */
export const memberRows = (origin: string): OktaRows<Membership> => ({
  'groups:read_members': {
    write: false,
    input: membersInput,
    route: ({ groupId }) => routeTo('GET', `${ONE}/users`, { groupId }),
    send: async ({ groupApi }, { groupId, limit = PAGE_SIZE, after }) =>
      (await groupApi.listGroupUsers({ groupId, limit, after: cursorOf({ after }) })).getNextPage(),
    project: (answered) =>
      page(parseUser, answered, {
        origin,
        path: `/api/v1/groups/${answered.input.groupId}/users`,
      }),
    redact: ({ groupId, ...pages }) => ({ groupId, ...pagingOf(pages, PAGE_SIZE) }),
    evidence: pageEvidence,
  },
  'groups:add_member': {
    write: true,
    input: memberInput,
    route: ({ groupId, userId }) => routeTo('PUT', MEMBER, { groupId, userId }),
    send: async ({ groupApi }, { groupId, userId }) =>
      groupApi.assignUserToGroup({ groupId, userId }),
    project: nothing,
    redact: ({ groupId, userId }) => ({ groupId, userId }),
  },
  'groups:remove_member': {
    write: true,
    input: memberInput,
    route: ({ groupId, userId }) => routeTo('DELETE', MEMBER, { groupId, userId }),
    send: async ({ groupApi }, { groupId, userId }) =>
      groupApi.unassignUserFromGroup({ groupId, userId }),
    project: nothing,
    redact: ({ groupId, userId }) => ({ groupId, userId }),
  },
  'groups:read_roles': {
    write: false,
    input: groupInput,
    route: ({ groupId }) => routeTo('GET', `${ONE}/roles`, { groupId }),
    send: async ({ roleAssignmentApi }, { groupId }) =>
      (await roleAssignmentApi.listGroupAssignedRoles({ groupId })).getNextPage(),
    project: (answered) =>
      whole(parseRoles(answered.json), answered, {
        origin,
        path: `/api/v1/groups/${answered.input.groupId}/roles`,
      }),
    redact: ({ groupId }) => ({ groupId }),
    evidence: countEvidence,
  },
});
