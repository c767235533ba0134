import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { salesforceError } from './errors.ts';
import type { SalesforceAccount } from './model.ts';
import { isRecordId } from './org.ts';
import type { SalesforceOrg } from './org.ts';
import { parseSoql, SoqlError } from './soql.ts';
import type { Condition, Query } from './soql.ts';
import { withCheck } from '../ids.ts';

/** The supported columns of User, with their values. */
export const COLUMNS: Readonly<
  Record<string, (user: SalesforceAccount) => string | boolean | null>
> = {
  Id: ({ id }) => id,
  Username: ({ username }) => username,
  Email: ({ email }) => email,
  FederationIdentifier: ({ federationId }) => federationId,
  IsActive: ({ active }) => active,
  Name: ({ name }) => name,
  MobilePhone: ({ mobilePhone }) => mobilePhone,
  UserType: () => 'Standard',
};

const BY_LOWER = new Map(Object.keys(COLUMNS).map((name) => [name.toLowerCase(), name]));

/** The column with this name, in any case; null if there is none. */
export const columnOf = (name: string): string | null => BY_LOWER.get(name.toLowerCase()) ?? null;

/** SOQL queries on User. */
export function queryRoutes(org: SalesforceOrg): Route[] {
  return ['/services/data/:version/query', '/services/data/:version/query/'].map((path) => ({
    method: 'GET',
    path,
    operation: 'users:read',
    handle: (request) => query(org, request),
  }));
}

function query(org: SalesforceOrg, request: EmulatedRequest): Answer {
  try {
    const parsed = parseSoql(request.query.get('q') ?? '');
    return problemOf(parsed) ?? queryAnswer(org, parsed, request);
  } catch (error) {
    if (error instanceof SoqlError) return salesforceError('MALFORMED_QUERY', error.message);
    throw error;
  }
}

function problemOf({ object, fields, where }: Query): Answer | null {
  if (object.toLowerCase() !== 'user') {
    return salesforceError('INVALID_TYPE', `sObject type '${object}' is not supported.`);
  }
  const conditions = where.flat();
  const unknown = [...fields, ...conditions.map(({ field }) => field)].find(
    (name) => columnOf(name) === null,
  );
  if (unknown !== undefined) {
    return salesforceError('INVALID_FIELD', `No such column '${unknown}' on entity 'User'.`);
  }
  const odd = conditions.find(
    ({ field, value }) =>
      columnOf(field) === 'Id' && !(typeof value === 'string' && isRecordId(value)),
  );
  return odd
    ? salesforceError('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${String(odd.value)}`)
    : null;
}

function queryAnswer(
  { users }: SalesforceOrg,
  { fields, where, limit }: Query,
  { params }: EmulatedRequest,
): Answer {
  const rows = users.all
    .filter((user) => where.some((conditions) => conditions.every((one) => holds(user, one))))
    .slice(0, limit ?? undefined);
  const records = rows.map((user) => ({
    attributes: { type: 'User', url: `/services/data/${params.version}/sobjects/User/${user.id}` },
    ...pickColumns(user, fields),
  }));
  return { status: 200, body: { totalSize: records.length, done: true, records } };
}

/** The requested columns, in Salesforce's spelling. */
export const pickColumns = (user: SalesforceAccount, fields: readonly string[]): Json =>
  Object.fromEntries(
    fields.flatMap((name) => {
      const column = columnOf(name);
      return column === null ? [] : [[column, COLUMNS[column]?.(user)]];
    }),
  );

// Texts are compared case-insensitively; ids case-sensitively, by all 18 characters.
function holds(user: SalesforceAccount, { field, operator, value }: Condition): boolean {
  const column = columnOf(field) ?? '';
  const actual = COLUMNS[column]?.(user);
  const same =
    column === 'Id' ? actual === wholeId(String(value)) : foldCase(actual) === foldCase(value);
  return same === (operator === '=');
}

const wholeId = (id: string): string => (id.length === 15 ? withCheck(id) : id);
const foldCase = (value: unknown): unknown =>
  typeof value === 'string' ? value.toLowerCase() : value;
