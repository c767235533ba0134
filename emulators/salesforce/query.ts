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

/** The supported columns of UserLogin: one record for each user. */
const LOGIN_COLUMNS: typeof COLUMNS = {
  Id: ({ id }) => id.replace(/^005/, '0Yw'),
  UserId: ({ id }) => id,
  IsFrozen: ({ frozen }) => frozen,
  IsPasswordLocked: ({ locked }) => locked,
};

const OBJECTS: Readonly<Record<string, { type: string; columns: typeof COLUMNS }>> = {
  user: { type: 'User', columns: COLUMNS },
  userlogin: { type: 'UserLogin', columns: LOGIN_COLUMNS },
};

/** The column with this name, in any case; null if there is none. */
export const columnOf = (name: string, columns = COLUMNS): string | null =>
  Object.keys(columns).find((one) => one.toLowerCase() === name.toLowerCase()) ?? null;

/** SOQL queries on User and UserLogin. */
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
  const known = OBJECTS[object.toLowerCase()];
  if (known === undefined) {
    return salesforceError('INVALID_TYPE', `sObject type '${object}' is not supported.`);
  }
  const conditions = where.flat();
  const unknown = [...fields, ...conditions.map(({ field }) => field)].find(
    (name) => columnOf(name, known.columns) === null,
  );
  if (unknown !== undefined) {
    return salesforceError(
      'INVALID_FIELD',
      `No such column '${unknown}' on entity '${known.type}'.`,
    );
  }
  const odd = conditions.find(
    ({ field, value }) =>
      /^(Id|UserId)$/.test(columnOf(field, known.columns) ?? '') &&
      !(typeof value === 'string' && isRecordId(value)),
  );
  return odd
    ? salesforceError('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${String(odd.value)}`)
    : null;
}

function queryAnswer(
  { users }: SalesforceOrg,
  { object, fields, where, limit }: Query,
  { params }: EmulatedRequest,
): Answer {
  const { type, columns } = OBJECTS[object.toLowerCase()] ?? { type: 'User', columns: COLUMNS };
  const rows = users.all
    .filter((user) =>
      where.some((conditions) => conditions.every((one) => holds(user, one, columns))),
    )
    .slice(0, limit ?? undefined);
  const records = rows.map((user) => ({
    attributes: { type, url: `/services/data/${params.version}/sobjects/${type}/${user.id}` },
    ...pickColumns(user, fields, columns),
  }));
  return { status: 200, body: { totalSize: records.length, done: true, records } };
}

/** The requested columns, in Salesforce's spelling. */
export const pickColumns = (
  user: SalesforceAccount,
  fields: readonly string[],
  columns = COLUMNS,
): Json =>
  Object.fromEntries(
    fields.flatMap((name) => {
      const column = columnOf(name, columns);
      return column === null ? [] : [[column, columns[column]?.(user)]];
    }),
  );

// Texts are compared case-insensitively; ids case-sensitively, by all 18 characters.
function holds(
  user: SalesforceAccount,
  { field, operator, value }: Condition,
  columns: typeof COLUMNS,
): boolean {
  const column = columnOf(field, columns) ?? '';
  const actual = columns[column]?.(user);
  const same =
    column === 'Id' || column === 'UserId'
      ? actual === wholeId(String(value))
      : foldCase(actual) === foldCase(value);
  return same === (operator === '=');
}

const wholeId = (id: string): string => (id.length === 15 ? withCheck(id) : id);
const foldCase = (value: unknown): unknown =>
  typeof value === 'string' ? value.toLowerCase() : value;
