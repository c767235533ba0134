import { z } from 'zod';
import { ACCOUNT_NAME, SALESFORCE_ID } from '../../governance/account-ids.ts';
import { noContent } from '../pipeline/no-content.ts';
import { NotFoundInAnswer } from '../pipeline/call-vendor.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { BearerHandle } from '../transport/bearer.ts';
import type { OperationRow, OperationRows } from '../pipeline/operation.ts';
import type { SalesforceLogin, SalesforceOperations, SalesforceUser } from './types.ts';

const id = z.string().regex(SALESFORCE_ID);
const readInput = z.strictObject({ user: z.union([id, z.string().regex(ACCOUNT_NAME)]) });
const userInput = z.strictObject({ userId: id });

const VERSION = '/services/data/v62.0';

const record = z.object({
  Id: id,
  Username: z.string(),
  Name: z.string().nullish(),
  Email: z.string().nullish(),
  FederationIdentifier: z.string().nullish(),
  IsActive: z.boolean(),
});
const login = z.object({ UserId: id, IsFrozen: z.boolean(), IsPasswordLocked: z.boolean() });
const answered = z.object({ done: z.literal(true), records: z.array(z.unknown()) });

/** Sets IsActive (developer.salesforce.com, REST API, sObject Rows). */
const setActive = (active: boolean): OperationRow<{ userId: string }, null, BearerHandle> => ({
  write: true,
  input: userInput,
  route: ({ userId }) => ({
    method: 'PATCH',
    path: `${VERSION}/sobjects/User/{userId}`,
    params: { userId },
  }),
  send: async ({ send }, { userId }) =>
    send({
      method: 'PATCH',
      path: `${VERSION}/sobjects/User/${userId}`,
      body: { IsActive: active },
    }),
  project: ({ response }) => noContent(response),
  redact: ({ userId }) => ({ userId }),
});

/** Salesforce's operations. */
export const SALESFORCE_ROWS: OperationRows<SalesforceOperations, BearerHandle> = {
  'users:read': {
    write: false,
    input: readInput,
    route: () => ({ method: 'GET', path: `${VERSION}/query`, params: {} }),
    send: async ({ send }, { user }) =>
      send({
        method: 'GET',
        path: `${VERSION}/query?${new URLSearchParams({ q: query(user) }).toString()}`,
      }),
    project: ({ json, input }) => readUser(json, input.user),
    redact: ({ user }) => redactUser(user),
    evidence: ({ id: found, active }) => ({ id: found, active }),
  },
  'users:read_login': {
    write: false,
    input: userInput,
    route: () => ({ method: 'GET', path: `${VERSION}/query`, params: {} }),
    send: async ({ send }, { userId }) =>
      send({
        method: 'GET',
        path: `${VERSION}/query?${new URLSearchParams({ q: loginQuery(userId) }).toString()}`,
      }),
    project: ({ json, input }) => readLogin(json, input.userId),
    redact: ({ userId }) => ({ userId }),
    evidence: ({ frozen, locked }) => ({ frozen, locked }),
  },
  'users:deactivate': setActive(false),
  'users:activate': setActive(true),
};

/** The SOQL query for one user. The input is already validated; it is escaped as well. */
function query(user: string): string {
  const field = SALESFORCE_ID.test(user) ? 'Id' : 'Username';
  return `SELECT Id, Username, Name, Email, FederationIdentifier, IsActive FROM User WHERE ${field} = '${escapeSoql(user)}'`;
}

const loginQuery = (userId: string): string =>
  `SELECT UserId, IsFrozen, IsPasswordLocked FROM UserLogin WHERE UserId = '${escapeSoql(userId)}'`;

const escapeSoql = (text: string): string => text.replaceAll(/[\\']/g, String.raw`\$&`);

// A user name is an e-mail address, so it is not recorded.
const redactUser = (user: string): JsonObject =>
  SALESFORCE_ID.test(user) ? { user } : { by: 'username' };

function readLogin(json: unknown, requested: string): SalesforceLogin {
  const [found, ...others] = answered.parse(json).records;
  if (found === undefined || others.length > 0) throw new NotFoundInAnswer();
  const { UserId, IsFrozen, IsPasswordLocked } = login.parse(found);
  if (!isSame(UserId, requested)) throw new TypeError('the response is about another user');
  return { frozen: IsFrozen, locked: IsPasswordLocked };
}

/** The long form of an id begins with the short one. */
const isSame = (one: string, other: string): boolean => one.slice(0, 15) === other.slice(0, 15);

function readUser(json: unknown, requested: string): SalesforceUser {
  const [found, ...others] = answered.parse(json).records;
  if (found === undefined || others.length > 0) throw new NotFoundInAnswer();
  const { Id, Username, Name, Email, FederationIdentifier, IsActive } = record.parse(found);
  // The caller will act on this id.
  const matches = SALESFORCE_ID.test(requested) ? isSame(Id, requested) : same(Username, requested);
  if (!matches) throw new TypeError('the response is about another user');
  return {
    id: Id,
    username: Username,
    name: Name ?? null,
    email: Email ?? null,
    federationId: FederationIdentifier ?? null,
    active: IsActive,
  };
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
