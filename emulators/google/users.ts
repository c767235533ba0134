import { objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { googleError } from './errors.ts';
import type { GoogleAccount } from './model.ts';
import type { GoogleWorkspace } from './workspace.ts';

const USER_SCOPE = 'https://www.googleapis.com/auth/admin.directory.user';
const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;
type OfUser = (user: GoogleAccount, request: EmulatedRequest) => Answer;

/** The users of the Directory API: read, list, suspend and restore. */
export function userRoutes(workspace: GoogleWorkspace): Route[] {
  const withUser = (act: OfUser) => (request: EmulatedRequest) => {
    const user = workspace.users.find(request.params.key ?? '');
    return user ? act(user, request) : googleError('notFound');
  };
  const path = '/admin/directory/v1/users/:key';
  const update = withUser((user, request) => patch(workspace, user, request));
  const write = { path, operation: 'users:update', write: true, scope: USER_SCOPE, handle: update };
  // The read-only scope is sufficient for reading.
  const read = { method: 'GET', scope: `${USER_SCOPE}.readonly` };
  return [
    {
      ...read,
      path: '/admin/directory/v1/users',
      operation: 'users:list',
      handle: (request) => list(workspace, request),
    },
    {
      ...read,
      path,
      operation: 'users:read',
      handle: withUser((user, request) => ({ status: 200, body: partial(render(user), request) })),
    },
    { ...write, method: 'PATCH' },
    { ...write, method: 'PUT' },
  ];
}

/** Changes only `suspended`. */
function patch(
  { settings }: GoogleWorkspace,
  user: GoogleAccount,
  request: EmulatedRequest,
): Answer {
  const { suspended, ...others } = objectBody(request);
  const [other] = Object.keys(others);
  if (other !== undefined) return googleError('invalid', `Invalid Input: ${other}`);
  if (typeof suspended !== 'boolean') return googleError('invalid', 'Invalid Input: suspended');
  if (settings.protectAdministrators && user.isAdmin) return googleError('forbidden');
  if (user.deleted) return googleError('invalid', 'User is deleted');
  user.suspended = suspended;
  return {
    status: 200,
    body: partial(render(user), request),
    effect: { user: user.id, suspended },
  };
}

const QUERY = /^email[:=]'?([^'\s]+?)'?$/;

function list({ users }: GoogleWorkspace, request: EmulatedRequest): Answer {
  const { query } = request;
  if (!query.has('customer') && !query.has('domain')) return googleError('badRequest');
  const asked = query.get('query');
  const address = QUERY.exec(asked ?? '')?.[1];
  if (asked && address === undefined) return googleError('invalid', 'Invalid Input: query');
  const size = Number(query.get('maxResults') ?? USUAL_PAGE);
  if (!Number.isInteger(size) || size < 1)
    return googleError('invalid', 'Invalid Input: maxResults');
  const from = placeOf(query.get('pageToken'));
  if (from === null) return googleError('invalid', 'Invalid Input: pageToken');
  const found =
    address === undefined ? users.all : users.all.filter((user) => user === users.find(address));
  const until = from + Math.min(size, LARGEST_PAGE);
  const next = until < found.length ? { nextPageToken: pageToken(until) } : {};
  const rows = found.slice(from, until).map(render);
  return {
    status: 200,
    body: partial(
      { kind: 'admin#directory#users', etag: '"emulated"', users: rows, ...next },
      request,
    ),
  };
}

/** An empty page that links to the requested page. */
export function emptyUsersPage({ query }: EmulatedRequest): Answer {
  const nextPageToken = pageToken(placeOf(query.get('pageToken')) ?? 0);
  return {
    status: 200,
    body: { kind: 'admin#directory#users', etag: '"emulated"', nextPageToken },
  };
}

const pageToken = (place: number): string => Buffer.from(`next:${place}`).toString('base64url');

function placeOf(token: string | null): number | null {
  if (token === null || token === '') return 0;
  const match = /^next:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  return match ? Number(match[1]) : null;
}

/** `fields`, restricted to whole fields; parts of fields are always returned. */
function partial(body: Json, { query }: EmulatedRequest): Json {
  const fields = query.get('fields');
  if (!fields) return body;
  const names = fields
    .replace(/\([^)]*\)/g, '')
    .split(',')
    .map((name) => name.trim().split('/')[0]);
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)));
}

function render(user: GoogleAccount): Json {
  const {
    id,
    primaryEmail,
    aliases,
    givenName,
    familyName,
    suspended,
    recoveryPhone,
    recoveryEmail,
  } = user;
  const others = aliases.map((address) => ({ address }));
  return {
    kind: 'admin#directory#user',
    id,
    etag: '"emulated"',
    primaryEmail,
    name: { givenName, familyName, fullName: `${givenName} ${familyName}` },
    isAdmin: user.isAdmin,
    isDelegatedAdmin: user.isDelegatedAdmin,
    lastLoginTime: user.lastLoginTime,
    creationTime: user.creationTime,
    agreedToTerms: true,
    suspended,
    ...(suspended ? { suspensionReason: 'ADMIN' } : {}),
    archived: false,
    changePasswordAtNextLogin: false,
    ipWhitelisted: false,
    emails: [{ address: primaryEmail, primary: true }, ...others],
    ...(aliases.length > 0 ? { aliases } : {}),
    customerId: 'C0emulated',
    orgUnitPath: '/',
    isMailboxSetup: true,
    isEnrolledIn2Sv: false,
    isEnforcedIn2Sv: false,
    includeInGlobalAddressList: true,
    ...(recoveryPhone === null ? {} : { recoveryPhone }),
    ...(recoveryEmail === null ? {} : { recoveryEmail }),
  };
}
