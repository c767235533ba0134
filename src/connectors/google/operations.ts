import { z } from 'zod';
import { ACCOUNT_NAME, GOOGLE_ID } from '../../governance/account-ids.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { BearerHandle } from '../transport/bearer.ts';
import type { OperationRow, OperationRows, Route } from '../pipeline/operation.ts';
import type { GoogleOperations, GoogleUser } from './types.ts';

interface Input {
  user: string;
}

const input = z.strictObject({
  user: z.union([z.string().regex(GOOGLE_ID), z.string().regex(ACCOUNT_NAME)]),
});

const user = z.object({
  id: z.string().regex(GOOGLE_ID),
  primaryEmail: z.string(),
  name: z.object({ fullName: z.string().nullish() }).nullish(),
  aliases: z.array(z.string()).optional(),
  emails: z.array(z.object({ address: z.string() })).optional(),
  suspended: z.boolean(),
  isAdmin: z.boolean(),
});

const FIELDS = 'id,primaryEmail,name/fullName,aliases,emails,suspended,isAdmin';

const route =
  (method: string) =>
  ({ user }: Input): Route => ({
    method,
    path: '/admin/directory/v1/users/{user}',
    params: { user },
  });

const addressOf = ({ user }: Input): string =>
  `/admin/directory/v1/users/${encodeURIComponent(user)}?fields=${FIELDS}`;

const redact = ({ user }: Input): JsonObject => (GOOGLE_ID.test(user) ? { user } : { by: 'email' });

/** Sets `suspended` (developers.google.com/admin-sdk/directory/reference/rest/v1/users/update). */
const setSuspended = (suspended: boolean): OperationRow<Input, GoogleUser, BearerHandle> => ({
  write: true,
  input,
  route: route('PATCH'),
  send: async ({ send }, asked) =>
    send({ method: 'PATCH', path: addressOf(asked), body: { suspended } }),
  project: ({ json, input: asked }) => readUser(json, asked),
  redact,
  evidence: ({ id, suspended: found }) => ({ id, suspended: found }),
});

/** Google Workspace's operations. */
export const GOOGLE_ROWS: OperationRows<GoogleOperations, BearerHandle> = {
  'users:read': {
    write: false,
    input,
    route: route('GET'),
    send: async ({ send }, asked) => send({ method: 'GET', path: addressOf(asked) }),
    project: ({ json, input: asked }) => readUser(json, asked),
    redact,
    evidence: ({ id, suspended }) => ({ id, suspended }),
  },
  'users:suspend': setSuspended(true),
  'users:unsuspend': setSuspended(false),
};

function readUser(json: unknown, asked: Input): GoogleUser {
  const { id, primaryEmail, name, aliases = [], emails = [], ...state } = user.parse(json);
  // The caller will act on this id.
  if (GOOGLE_ID.test(asked.user) && asked.user !== id)
    throw new TypeError('the response is about another user');
  const further = new Set([...aliases, ...emails.map(({ address }) => address)]);
  return {
    id,
    primaryEmail,
    fullName: name?.fullName ?? null,
    emails: [...further].filter((one) => one !== primaryEmail),
    ...state,
  };
}
