import { z } from 'zod';
import { noContent } from '../pipeline/no-content.ts';
import { isObjectId, membershipInput, readInput, sameId, userInput } from './inputs.ts';
import { readMemberPages, readMembership } from './members.ts';
import { errorOf } from './refusals.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { BearerHandle } from '../transport/bearer.ts';
import type { HttpResponse } from '../transport/http.ts';
import type { OperationRow, OperationRows } from '../pipeline/operation.ts';
import type { EntraOperations, EntraUser } from './types.ts';

const user = z.object({
  id: z.string().refine(isObjectId),
  userPrincipalName: z.string().nullish(),
  displayName: z.string().nullish(),
  mail: z.string().nullish(),
  accountEnabled: z.boolean().nullable(),
});

const FIELDS = 'id,userPrincipalName,displayName,mail,accountEnabled';

/** Sets accountEnabled (learn.microsoft.com/graph/api/user-update). */
const setEnabled = (
  accountEnabled: boolean,
): OperationRow<{ userId: string }, null, BearerHandle> => ({
  write: true,
  input: userInput,
  route: ({ userId }) => ({ method: 'PATCH', path: '/v1.0/users/{userId}', params: { userId } }),
  send: async ({ send }, { userId }) =>
    send({ method: 'PATCH', path: `/v1.0/users/${userId}`, body: { accountEnabled } }),
  project: ({ response }) => noContent(response),
  redact: ({ userId }) => ({ userId }),
});

/** Entra ID's operations. `graph` is the origin used in references to objects. */
export const entraOperations = (graph: string): OperationRows<EntraOperations, BearerHandle> => ({
  'users:read': {
    write: false,
    input: readInput,
    route: (input) => ({ method: 'GET', path: '/v1.0/users/{user}', params: { user: input.user } }),
    send: async ({ send }, input) =>
      send({
        method: 'GET',
        path: `/v1.0/users/${encodeURIComponent(input.user)}?$select=${FIELDS}`,
      }),
    project: ({ json, input }) => readUser(json, input.user),
    redact: (input) => redactUser(input.user),
    evidence: ({ id, accountEnabled }) => ({ id, accountEnabled }),
  },
  'users:disable': setEnabled(false),
  'users:enable': setEnabled(true),
  'users:revoke_sessions': {
    write: true,
    input: userInput,
    route: ({ userId }) => ({
      method: 'POST',
      path: '/v1.0/users/{userId}/revokeSignInSessions',
      params: { userId },
    }),
    send: async ({ send }, { userId }) =>
      send({ method: 'POST', path: `/v1.0/users/${userId}/revokeSignInSessions` }),
    project: ({ json, response }) => readRevocation(json, response),
    redact: ({ userId }) => ({ userId }),
  },
  'groups:read': {
    write: false,
    input: membershipInput,
    route: ({ groupId }) => ({
      method: 'GET',
      path: '/v1.0/groups/{groupId}/members',
      params: { groupId },
    }),
    send: async (handle, membership) => readMemberPages(handle, { origin: graph, ...membership }),
    project: ({ json, input }) => readMembership(json, input.userId),
    redact: ({ groupId, userId }) => ({ groupId, userId }),
    evidence: ({ member }) => ({ member }),
  },
  'groups:add_member': {
    write: true,
    input: membershipInput,
    route: ({ groupId }) => ({
      method: 'POST',
      path: '/v1.0/groups/{groupId}/members/$ref',
      params: { groupId },
    }),
    send: async ({ send }, { groupId, userId }) =>
      send({
        method: 'POST',
        path: `/v1.0/groups/${groupId}/members/$ref`,
        body: { '@odata.id': `${graph}/v1.0/directoryObjects/${userId}` },
      }),
    // Graph: "One or more added object references already exist for the following modified
    // properties: 'members'."
    alreadyDone: ({ json, response }) =>
      response.status === 400 && /already exist/i.test(errorOf(json)?.message ?? ''),
    project: ({ response }) => readChange(response, 400),
    redact: ({ groupId, userId }) => ({ groupId, userId }),
    evidence: ({ already }) => ({ already }),
  },
  'groups:remove_member': {
    write: true,
    input: membershipInput,
    route: ({ groupId, userId }) => ({
      method: 'DELETE',
      path: '/v1.0/groups/{groupId}/members/{userId}/$ref',
      params: { groupId, userId },
    }),
    send: async ({ send }, { groupId, userId }) =>
      send({ method: 'DELETE', path: `/v1.0/groups/${groupId}/members/${userId}/$ref` }),
    // Graph names what it did not find: without the group, nothing is known about the member.
    alreadyDone: ({ json, response, input: { groupId } }) =>
      response.status === 404 && !names(errorOf(json)?.message ?? groupId, groupId),
    project: ({ response }) => readChange(response, 404),
    redact: ({ groupId, userId }) => ({ groupId, userId }),
    evidence: ({ already }) => ({ already }),
  },
});

// A user principal name is an e-mail address, so it is not recorded.
const redactUser = (user: string): JsonObject =>
  isObjectId(user) ? { user } : { by: 'userPrincipalName' };

/** Whether a text contains an id, regardless of case. */
const names = (text: string, id: string): boolean => text.toLowerCase().includes(id.toLowerCase());

function readUser(json: unknown, requested: string): EntraUser {
  const { id, accountEnabled, ...names } = user.parse(json);
  // The caller will act on this id.
  if (isObjectId(requested) && !sameId(id, requested))
    throw new TypeError('the response is about another user');
  const { userPrincipalName = null, displayName = null, mail = null } = names;
  return { id, userPrincipalName, displayName, mail, accountEnabled };
}

const done = z.object({ value: z.literal(true) });

/** Graph responds with 204, or with 200 and `value: true`. */
function readRevocation(json: unknown, response: HttpResponse): null {
  if (response.status === 204) return noContent(response);
  done.parse(json);
  return null;
}

function readChange(response: HttpResponse, already: number): { already: boolean } {
  if (response.status === already) return { already: true };
  noContent(response);
  return { already: false };
}
