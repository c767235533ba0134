import { objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Route } from '../types.ts';
import type { EntraDirectory } from './directory.ts';
import { graphError, noResource, onPremisesObject } from './errors.ts';
import type { EntraAccount } from './model.ts';
import { contextOf, page } from './paging.ts';
import { selectUser } from './select.ts';

type OfUser = (user: EntraAccount, request: EmulatedRequest) => Answer;

/** Users: read, list, block and unblock, and end their sessions. */
export function userRoutes(directory: EntraDirectory): Route[] {
  const withUser = (act: OfUser) => (request: EmulatedRequest) => {
    const user = directory.users.find(request.params.id ?? '');
    return user ? act(user, request) : noResource(request.params.id ?? '');
  };
  const read = { method: 'GET', scope: 'User.Read.All' };
  const path = '/v1.0/users/:id';
  return [
    {
      ...read,
      path: '/v1.0/users',
      operation: 'users:list',
      handle: (request) => list(directory, request),
    },
    { ...read, path, operation: 'users:read', handle: withUser(detail) },
    {
      method: 'PATCH',
      path,
      operation: 'users:update',
      write: true,
      scope: 'User.EnableDisableAccount.All',
      handle: withUser((user, request) => update(directory, user, request)),
    },
    {
      method: 'POST',
      path: `${path}/revokeSignInSessions`,
      operation: 'users:revoke_sessions',
      write: true,
      scope: 'User.RevokeSessions.All',
      handle: withUser(revoke),
    },
  ];
}

function detail(user: EntraAccount, request: EmulatedRequest): Answer {
  const show = selectUser(request);
  if (typeof show === 'string') return graphError('BadRequest', show);
  return {
    status: 200,
    body: { '@odata.context': contextOf(request, 'users/$entity'), ...show(user) },
  };
}

const FILTER = /^(id|userPrincipalName|mail) eq '((?:[^']|'')*)'$/;

function list({ users }: EntraDirectory, request: EmulatedRequest): Answer {
  const show = selectUser(request);
  if (typeof show === 'string') return graphError('BadRequest', show);
  const filter = request.query.get('$filter');
  const match = FILTER.exec(filter?.trim() ?? '');
  if (filter !== null && !match)
    return graphError('BadRequest', `Invalid filter clause: ${filter}`);
  const wanted = match?.[2]?.replaceAll("''", "'").toLowerCase();
  const field = match?.[1] as 'id' | 'userPrincipalName' | 'mail' | undefined;
  const rows = users.all.filter(
    (user) => field === undefined || user[field]?.toLowerCase() === wanted,
  );
  return page(request, { context: 'users', rows, render: show });
}

/** Changes only `accountEnabled`; the app has no permission for other properties. */
function update(directory: EntraDirectory, user: EntraAccount, request: EmulatedRequest): Answer {
  const { accountEnabled, ...others } = objectBody(request);
  if (Object.keys(others).length > 0) return graphError('Authorization_RequestDenied');
  if (typeof accountEnabled !== 'boolean') {
    return graphError(
      'Request_BadRequest',
      "Invalid value specified for property 'accountEnabled' of resource 'User'.",
    );
  }
  if (!directory.mayManage(user)) return graphError('Authorization_RequestDenied');
  if (user.onPremisesSyncEnabled) return onPremisesObject();
  user.accountEnabled = accountEnabled;
  return { status: 204, effect: { user: user.id, accountEnabled } };
}

function revoke(user: EntraAccount, request: EmulatedRequest): Answer {
  user.signInSessionsValidFromDateTime = `${new Date().toISOString().slice(0, 19)}Z`;
  const body = { '@odata.context': contextOf(request, 'Edm.Boolean'), value: true };
  return { status: 200, body, effect: { user: user.id, sessions: 'revoked' } };
}
