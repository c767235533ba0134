import { isObject, objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import type { AppRecord } from './app-records.ts';
import { notFound, oktaError } from './errors.ts';
import { answerExpressed } from './expressed.ts';
import type { UserRecord } from './model.ts';
import type { OktaOrg } from './org.ts';
import { answerPage } from './paging.ts';

/** Applications, who is assigned to them, and assigning. */
export function appRoutes(org: OktaOrg): Route[] {
  const read = { method: 'GET', scope: 'okta.apps.read' };
  const write = { write: true, scope: 'okta.apps.manage' };
  const one = '/api/v1/apps/:id';
  return [
    {
      ...read,
      path: '/api/v1/apps',
      operation: 'apps:read',
      handle: (request) => list(org, request),
    },
    {
      ...read,
      path: one,
      operation: 'apps:read_detail',
      handle: withApp(org, (app, { origin }) => ({ status: 200, body: renderApp(app, origin) })),
    },
    {
      ...read,
      path: `${one}/users`,
      operation: 'apps:read_users',
      handle: withApp(org, users(org)),
    },
    { ...read, path: `${one}/groups`, operation: 'apps:read_groups', handle: withApp(org, groups) },
    {
      ...write,
      method: 'POST',
      path: `${one}/users`,
      operation: 'apps:assign_user',
      handle: withApp(org, assign(org)),
    },
    {
      ...write,
      method: 'DELETE',
      path: `${one}/users/:userId`,
      operation: 'apps:remove_user',
      handle: withApp(org, remove(org)),
    },
  ];
}

type Act = (app: AppRecord, request: EmulatedRequest) => Answer;

function withApp(org: OktaOrg, act: Act) {
  return (request: EmulatedRequest): Answer => {
    const app = org.apps.get(request.params.id ?? '');
    return app ? act(app, request) : notFound(request.params.id ?? '', 'AppInstance');
  };
}

function list(org: OktaOrg, request: EmulatedRequest): Answer {
  const q = request.query.get('q')?.toLowerCase();
  return answerExpressed(request, ['filter'], (expressed) =>
    answerPage<AppRecord>(request, {
      all: org.apps.all,
      wanted: (app) =>
        org.apps.isPresent(app) &&
        (q === undefined || `${app.name}\n${app.label}`.toLowerCase().includes(q)) &&
        expressed((path) => (app as unknown as Json)[path]),
      cursor: ({ id }) => id,
      place: (cursor) => org.apps.get(cursor)?.index ?? null,
      render: (app, { origin }) => renderApp(app, origin),
      maxLimit: 200,
    }),
  );
}

function users(org: OktaOrg): Act {
  return (app, request) =>
    answerPage<UserRecord>(request, {
      all: org.users,
      among: org.apps.assigned(app),
      wanted: (user) => user.status !== 'DEPROVISIONED' && org.apps.scopeOf(app, user) !== null,
      cursor: ({ id }) => id,
      place: (cursor) => org.place(cursor),
      render: (user, { origin }) => renderAppUser({ org, app, user, origin }),
      maxLimit: 500,
    });
}

function groups(app: AppRecord, request: EmulatedRequest): Answer {
  return answerPage<string>(request, {
    all: app.groups,
    wanted: () => true,
    cursor: (id) => id,
    place: (cursor) => (app.groups.includes(cursor) ? app.groups.indexOf(cursor) : null),
    render: (id, { origin }) => ({
      id,
      priority: app.groups.indexOf(id),
      lastUpdated: app.lastUpdated,
      profile: {},
      _links: {
        app: { href: `${origin}/api/v1/apps/${app.id}` },
        group: { href: `${origin}/api/v1/groups/${id}` },
      },
    }),
    maxLimit: 200,
  });
}

function assign(org: OktaOrg): Act {
  return (app, request) => {
    const { id, profile } = objectBody(request);
    if (typeof id !== 'string' || id === '') {
      return oktaError('E0000001', 'id', ['id: The field cannot be left blank']);
    }
    const user = org.view(id);
    if (!user || user.vanish) return notFound(id, 'User');
    if (user.status === 'DEPROVISIONED') return oktaError('E0000117');
    const given = isObject(profile) ? profile : {};
    const missing = app.required.filter((name) => given[name] === undefined);
    if (missing.length > 0) {
      const causes = missing.map((name) => `${name}: The field cannot be left blank`);
      return oktaError('E0000001', 'assignment', causes);
    }
    app.users.set(user.id, app.users.get(user.id) ?? new Date().toISOString());
    return {
      status: 200,
      body: renderAppUser({ org, app, user, origin: request.origin }),
      effect: { app: app.id, user: user.id, assigned: true },
    };
  };
}

function remove(org: OktaOrg): Act {
  return (app, { params }) => {
    const user = org.view(params.userId ?? '');
    if (!user || !app.users.delete(user.id)) return notFound(params.userId ?? '', 'AppUser');
    return { status: 204, effect: { app: app.id, user: user.id, assigned: false } };
  };
}

function renderApp(app: AppRecord, origin: string): Json {
  const self = `${origin}/api/v1/apps/${app.id}`;
  return {
    id: app.id,
    orn: `orn:okta:idp:00o0emulated:apps:${app.name}:${app.id}`,
    name: app.name,
    label: app.label,
    status: app.status,
    lastUpdated: app.lastUpdated,
    created: app.created,
    accessibility: { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null },
    visibility: {
      autoLaunch: false,
      autoSubmitToolbar: false,
      hide: { iOS: false, web: false },
      appLinks: {},
    },
    features: [],
    signOnMode: app.signOnMode,
    credentials: {
      userNameTemplate: { template: '${source.login}', type: 'BUILT_IN' },
      signing: { kid: 'emulated' },
    },
    settings: { app: {}, notifications: {}, manualProvisioning: false, implicitAssignment: false },
    _links: {
      self: { href: self },
      users: { href: `${self}/users` },
      groups: { href: `${self}/groups` },
    },
  };
}

function renderAppUser({ org, app, user, origin }: Assignment): Json {
  const since = app.users.get(user.id) ?? app.created;
  return {
    id: user.id,
    externalId: null,
    created: since,
    lastUpdated: since,
    scope: org.apps.scopeOf(app, user) ?? 'USER',
    status: 'ACTIVE',
    statusChanged: since,
    passwordChanged: null,
    syncState: app.failsToProvision ? 'ERROR' : 'DISABLED',
    credentials: { userName: user.profile.login },
    profile: { email: user.profile.email, phone_number: org.canaries.phone ?? null },
    _links: {
      app: { href: `${origin}/api/v1/apps/${app.id}` },
      user: { href: `${origin}/api/v1/users/${user.id}` },
    },
  };
}

interface Assignment {
  org: OktaOrg;
  app: AppRecord;
  user: UserRecord;
  origin: string;
}
