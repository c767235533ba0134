import { oktaId } from '../ids.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { notFound, oktaError } from './errors.ts';
import { both, compileExpression, ExpressionError } from './expression.ts';
import type { Expression } from './expression.ts';
import type { UserRecord } from './model.ts';
import type { OktaOrg } from './org.ts';
import { answerPage } from './paging.ts';
import { renderGroup, renderRow, renderUserDetail } from './render.ts';

/** GET routes of the users family. */
export function userRoutes(org: OktaOrg): Route[] {
  const scope = 'okta.users.read';
  return [
    {
      method: 'GET',
      path: '/api/v1/users',
      operation: 'users:read',
      scope,
      handle: (request) => list(org, request),
    },
    {
      method: 'GET',
      path: '/api/v1/users/:id',
      operation: 'users:read_detail',
      scope,
      handle: detail(org),
    },
    {
      method: 'GET',
      path: '/api/v1/users/:id/groups',
      operation: 'users:read_groups',
      scope,
      handle: groupsOf(org),
    },
    {
      method: 'GET',
      path: '/api/v1/users/:id/appLinks',
      operation: 'users:read_apps',
      scope,
      handle: appsOf(org),
    },
  ];
}

function list(org: OktaOrg, request: EmulatedRequest): Answer {
  try {
    const texts = [request.query.get('search'), request.query.get('filter')].filter(
      (text) => text !== null,
    );
    const expression = texts.map((text) => compileExpression(text)).reduce(both, ANYBODY);
    return answerPage(request, {
      all: org.users,
      among: candidates(org, expression),
      wanted: matcherFor(request, texts.length === 0 ? EMPLOYED : expression),
      cursor: (user) => user.id,
      place: (cursor) => org.place(cursor),
      render: renderRow,
      maxLimit: 200,
      endless: org.settings.endlessPages,
    });
  } catch (error) {
    if (error instanceof ExpressionError) return oktaError('E0000031', '', [error.message]);
    throw error;
  }
}

const ANYBODY: Expression = { test: () => true, paths: [], exact: null };
/** A listing without a query omits deprovisioned users. */
const EMPLOYED = compileExpression('status ne "DEPROVISIONED"');
/** The attributes in which users of a block differ. */
const OWN = /^(id|index|profile|factors)\b/;

function matcherFor(request: EmulatedRequest, { test }: Expression): (user: UserRecord) => boolean {
  const q = request.query.get('q')?.toLowerCase();
  return (user) =>
    (q === undefined || hasNamePrefix(user, q)) && test((path) => attribute(user, path));
}

// Avoids going through a million users for a lookup, or for a search that has no match.
function candidates(org: OktaOrg, { test, paths, exact }: Expression): number[] | undefined {
  if (exact) return [...new Set(exact.flatMap((value) => org.view(value)?.index ?? []))];
  const samples = paths.some((path) => OWN.test(path)) ? [] : org.users.samples();
  const unlike =
    samples.length > 0 && !samples.some((user) => test((path) => attribute(user, path)));
  return unlike ? org.users.keptPlaces() : undefined;
}

function hasNamePrefix({ profile }: UserRecord, q: string): boolean {
  return [profile.firstName, profile.lastName, profile.email].some(
    (value) => typeof value === 'string' && value.toLowerCase().startsWith(q),
  );
}

function attribute(user: UserRecord, path: string): unknown {
  if (path.startsWith('profile.')) return user.profile[path.slice('profile.'.length)];
  return (user as unknown as Json)[path];
}

function detail(org: OktaOrg) {
  return ({ params, origin }: EmulatedRequest): Answer => {
    const user = org.view(params.id ?? '');
    if (!user || user.vanish) return notFound(params.id ?? '', 'User');
    return { status: 200, body: renderUserDetail(user, origin) };
  };
}

function groupsOf(org: OktaOrg) {
  return (request: EmulatedRequest): Answer => {
    const user = org.view(request.params.id ?? '');
    if (!user || user.vanish) return notFound(request.params.id ?? '', 'User');
    const groups = org.groups.filter((group) => group !== undefined);
    return answerPage(request, {
      all: groups,
      wanted: (group) => org.isMember(group, user),
      cursor: (group) => group.id,
      place: (cursor) => placeOf(groups, cursor),
      render: renderGroup,
      maxLimit: LARGEST_GROUP_PAGE,
    });
  };
}

/** Most groups of a user on a page, and the default. */
const LARGEST_GROUP_PAGE = 200;

function placeOf(groups: readonly { id: string }[], id: string): number | null {
  const place = groups.findIndex((group) => group.id === id);
  return place === -1 ? null : place;
}

function appsOf(org: OktaOrg) {
  return (request: EmulatedRequest): Answer => {
    const user = org.view(request.params.id ?? '');
    if (!user || user.vanish) return notFound(request.params.id ?? '', 'User');
    const apps = org.apps.all.filter(
      (app) => app.status === 'ACTIVE' && org.apps.scopeOf(app, user) !== null,
    );
    const body = apps.map((app) => ({
      id: oktaId('00l', app.index, org.seed),
      label: app.label,
      linkUrl: `${request.origin}/home/${app.name}/${app.id}/${app.index}`,
      logoUrl: `${request.origin}/assets/img/logos/${app.name}.png`,
      appName: app.name,
      appInstanceId: app.id,
      appAssignmentId: oktaId('00x', user.index * 64 + app.index, org.seed),
      credentialsSetup: false,
      hidden: false,
      sortOrder: app.index,
    }));
    return { status: 200, body };
  };
}
