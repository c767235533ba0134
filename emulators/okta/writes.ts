import { isObject, objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { notFound, oktaError } from './errors.ts';
import type { GroupRecord, UserRecord } from './model.ts';
import type { OktaOrg } from './org.ts';
import { renderGroup, renderUserDetail } from './render.ts';

/**
 * Routes that change users and groups. They really change the state, so that no write goes
 * unnoticed.
 */
export function writeRoutes(org: OktaOrg): Route[] {
  return [...userWrites(org), ...groupWrites(org)];
}

function userWrites(org: OktaOrg): Route[] {
  const user = { write: true, scope: 'okta.users.manage' };
  const update = { ...user, path: '/api/v1/users/:id', operation: 'users:update' };
  return [
    {
      ...user,
      method: 'POST',
      path: '/api/v1/users',
      operation: 'users:create',
      handle: (request) => create(org, request),
    },
    {
      ...update,
      method: 'POST',
      handle: withUser(org, (found, request) => updateProfile(org, found, request)),
    },
    {
      ...update,
      method: 'PUT',
      handle: withUser(org, (found, request) => replaceProfile(org, found, request)),
    },
    {
      ...user,
      method: 'DELETE',
      path: '/api/v1/users/:id',
      operation: 'users:delete',
      handle: withUser(org, (found) => remove(org, found)),
    },
    {
      ...user,
      method: 'DELETE',
      path: '/api/v1/users/:id/sessions',
      operation: 'users:clear_sessions',
      handle: withUser(org, clearSessions),
    },
  ];
}

function groupWrites(org: OktaOrg): Route[] {
  const group = { write: true, scope: 'okta.groups.manage' };
  const member = { ...group, path: '/api/v1/groups/:id/users/:userId' };
  const one = { ...group, path: '/api/v1/groups/:id' };
  return [
    {
      ...group,
      method: 'POST',
      path: '/api/v1/groups',
      operation: 'groups:create',
      handle: (request) => createGroup(org, request),
    },
    {
      ...one,
      method: 'PUT',
      operation: 'groups:update',
      handle: withGroup(org, (found, request) => rename(found, request)),
    },
    {
      ...one,
      method: 'DELETE',
      operation: 'groups:delete',
      handle: withGroup(org, (found) => removeGroup(org, found)),
    },
    { ...member, method: 'PUT', operation: 'groups:add_member', handle: membership(org, 'add') },
    {
      ...member,
      method: 'DELETE',
      operation: 'groups:remove_member',
      handle: membership(org, 'delete'),
    },
  ];
}

/** Runs `act` on the user in the path; 404 if there is none. */
export function withUser(
  org: OktaOrg,
  act: (user: UserRecord, request: EmulatedRequest) => Answer,
) {
  return (request: EmulatedRequest): Answer => {
    const id = request.params.userId ?? request.params.id ?? '';
    const user = org.user(id);
    return user && !user.vanish ? act(user, request) : notFound(id, 'User');
  };
}

function withGroup(org: OktaOrg, act: (group: GroupRecord, request: EmulatedRequest) => Answer) {
  return (request: EmulatedRequest): Answer => {
    const group = org.group(request.params.id ?? '');
    return group ? act(group, request) : notFound(request.params.id ?? '', 'UserGroup');
  };
}

function clearSessions(user: UserRecord, { query }: EmulatedRequest): Answer {
  user.sessions = 0;
  if (query.get('oauthTokens') === 'true') user.oauthTokens = 0;
  return {
    status: 204,
    effect: { user: user.id, sessions: 0, oauthTokens: user.oauthTokens },
  };
}

function profileOf(request: EmulatedRequest): Json {
  const { profile } = objectBody(request);
  return isObject(profile) ? profile : {};
}

function create(org: OktaOrg, request: EmulatedRequest): Answer {
  const profile = profileOf(request);
  const login = profile.login;
  if (typeof login !== 'string' || login === '') {
    return oktaError('E0000001', 'login', ['login: The field cannot be left blank']);
  }
  if (org.user(login)) {
    return oktaError('E0000001', 'login', [
      'login: An object with this field already exists in the current organization',
    ]);
  }
  const staged = request.query.get('activate') === 'false';
  const now = new Date().toISOString();
  const user = org.addUser({
    login,
    profile,
    created: now,
    status: staged ? 'STAGED' : 'PROVISIONED',
    activated: staged ? null : now,
  });
  for (const id of idsOf(objectBody(request).groupIds)) org.group(id)?.members?.add(user.id);
  return {
    status: 200,
    body: renderUserDetail(user, request.origin),
    effect: { user: user.id, status: user.status },
  };
}

const idsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];

function updateProfile(org: OktaOrg, user: UserRecord, request: EmulatedRequest): Answer {
  org.patchUser(user, { profile: profileOf(request) });
  return {
    status: 200,
    body: renderUserDetail(user, request.origin),
    effect: { user: user.id, profile: profileOf(request) },
  };
}

function replaceProfile(org: OktaOrg, user: UserRecord, request: EmulatedRequest): Answer {
  const profile = profileOf(request);
  const missing = ['login', 'email'].filter(
    (name) => typeof profile[name] !== 'string' || profile[name] === '',
  );
  if (missing.length > 0) {
    return oktaError(
      'E0000001',
      missing.join(', '),
      missing.map((name) => `${name}: The field cannot be left blank`),
    );
  }
  const blank = Object.fromEntries(Object.keys(user.profile).map((name) => [name, null]));
  org.patchUser(user, { profile: { ...blank, ...profile } });
  return {
    status: 200,
    body: renderUserDetail(user, request.origin),
    effect: { user: user.id, profile },
  };
}

function remove(org: OktaOrg, user: UserRecord): Answer {
  // Okta's first DELETE deactivates, the second deletes.
  if (user.status === 'DEPROVISIONED') org.removeUser(user);
  else org.setStatus(user, 'DEPROVISIONED');
  return { status: 204, effect: { user: user.id, deleted: true } };
}

function createGroup(org: OktaOrg, request: EmulatedRequest): Answer {
  const { name, description } = profileOf(request);
  if (typeof name !== 'string' || name === '') {
    return oktaError('E0000001', 'name', ['name: The field cannot be left blank']);
  }
  if (org.groupNamed(name)) {
    return oktaError('E0000001', 'name', [
      'name: An object with this field already exists in the current organization',
    ]);
  }
  const group = org.addGroup({
    name,
    description: typeof description === 'string' ? description : null,
  });
  return { status: 200, body: renderGroup(group, request), effect: { group: group.id } };
}

function rename(group: GroupRecord, request: EmulatedRequest): Answer {
  const { name, description } = profileOf(request);
  if (typeof name === 'string') group.name = name;
  group.description = typeof description === 'string' ? description : null;
  group.lastUpdated = new Date().toISOString();
  return {
    status: 200,
    body: renderGroup(group, request),
    effect: { group: group.id, name: group.name },
  };
}

function removeGroup(org: OktaOrg, group: GroupRecord): Answer {
  if (group.type !== 'OKTA_GROUP') return oktaError('E0000006');
  org.removeGroup(group);
  return { status: 204, effect: { group: group.id, deleted: true } };
}

function membership(org: OktaOrg, change: 'add' | 'delete') {
  return withGroup(org, (group, request) =>
    withUser(org, (user) => {
      // Okta does not change built-in groups, and changes those of applications at their source only.
      if (group.members === null || group.type === 'BUILT_IN') return oktaError('E0000060');
      if (group.type !== 'OKTA_GROUP') return oktaError('E0000006');
      group.members[change](user.id);
      group.lastMembershipUpdated = new Date().toISOString();
      return { status: 204, effect: { group: group.id, user: user.id, member: change === 'add' } };
    })(request),
  );
}
