import { objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Route } from '../types.ts';
import { changeError, salesforceError } from './errors.ts';
import type { SalesforceAccount } from './model.ts';
import type { SalesforceOrg } from './org.ts';
import { isRecordId } from './org.ts';
import { columnOf, COLUMNS, pickColumns } from './query.ts';

type OfUser = (user: SalesforceAccount, request: EmulatedRequest) => Answer;

/** User records: read, activate and deactivate. */
export function userRoutes(org: SalesforceOrg): Route[] {
  const path = '/services/data/:version/sobjects/User/:id';
  const withUser = (act: OfUser) => (request: EmulatedRequest) => {
    const { id = '' } = request.params;
    if (!isRecordId(id))
      return salesforceError('MALFORMED_ID', `User ID: id value of incorrect type: ${id}`);
    const user = org.byId(id);
    return user ? act(user, request) : salesforceError('NOT_FOUND');
  };
  return [
    { method: 'GET', path, operation: 'users:read_record', handle: withUser(read) },
    {
      method: 'PATCH',
      path,
      operation: 'users:update',
      write: true,
      handle: withUser((user, request) => update(org, user, request)),
    },
  ];
}

function read(user: SalesforceAccount, { query, params }: EmulatedRequest): Answer {
  const named = (query.get('fields') ?? '').split(',').filter(Boolean);
  const unknown = named.find((name) => columnOf(name) === null);
  if (unknown !== undefined) {
    return salesforceError('INVALID_FIELD', `No such column '${unknown}' on sobject of type User`);
  }
  const attributes = {
    type: 'User',
    url: `/services/data/${params.version}/sobjects/User/${user.id}`,
  };
  return {
    status: 200,
    body: { attributes, ...pickColumns(user, named.length > 0 ? named : Object.keys(COLUMNS)) },
  };
}

/** Changes only `IsActive`. */
function update(org: SalesforceOrg, user: SalesforceAccount, request: EmulatedRequest): Answer {
  const { IsActive, ...others } = objectBody(request);
  const [other] = Object.keys(others);
  if (other !== undefined) {
    return salesforceError('INVALID_FIELD', `No such column '${other}' on sobject of type User`);
  }
  if (typeof IsActive !== 'boolean') return salesforceError('JSON_PARSER_ERROR');
  if (!IsActive && user.active && user.needed) return changeError(user.needed);
  if (IsActive && !user.active && isFull(org)) return salesforceError('LICENSE_LIMIT_EXCEEDED');
  user.active = IsActive;
  return { status: 204, effect: { user: user.id, active: IsActive } };
}

const isFull = ({ settings, users }: SalesforceOrg): boolean =>
  settings.licences !== null &&
  users.all.filter(({ active }) => active).length >= settings.licences;
