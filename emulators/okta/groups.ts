import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { notFound, oktaError } from './errors.ts';
import { compileExpression, ExpressionError } from './expression.ts';
import type { GroupRecord, UserRecord } from './model.ts';
import type { OktaOrg } from './org.ts';
import { answerPage } from './paging.ts';
import { renderGroup, renderRow } from './render.ts';

/** GET routes of the groups family. */
export function groupRoutes(org: OktaOrg): Route[] {
  const scope = 'okta.groups.read';
  const get = { method: 'GET', scope };
  return [
    {
      ...get,
      path: '/api/v1/groups',
      operation: 'groups:read',
      handle: (request) => list(org, request),
    },
    {
      ...get,
      path: '/api/v1/groups/:id',
      operation: 'groups:read_detail',
      handle: (request) => detail(org, request),
    },
    {
      ...get,
      path: '/api/v1/groups/:id/users',
      operation: 'groups:read_members',
      handle: (request) => members(org, request),
    },
  ];
}

function list(org: OktaOrg, request: EmulatedRequest): Answer {
  try {
    return answerPage(request, {
      all: org.groups,
      wanted: matcherFor(request),
      cursor: (group) => group.id,
      place: (cursor) => org.group(cursor)?.index ?? null,
      render: renderGroup,
      maxLimit: 200,
    });
  } catch (error) {
    if (error instanceof ExpressionError) return oktaError('E0000031', '', [error.message]);
    throw error;
  }
}

function matcherFor(request: EmulatedRequest): (group: GroupRecord) => boolean {
  const texts = [request.query.get('search'), request.query.get('filter')].filter(
    (text) => text !== null,
  );
  const expressions = texts.map((text) => compileExpression(text));
  const q = request.query.get('q')?.toLowerCase();
  return (group) =>
    (q === undefined || group.name.toLowerCase().startsWith(q)) &&
    expressions.every(({ test }) => test((path) => attribute(group, path)));
}

function attribute(group: GroupRecord, path: string): unknown {
  if (path === 'profile.name') return group.name;
  if (path === 'profile.description') return group.description;
  return (group as unknown as Json)[path];
}

function detail(org: OktaOrg, request: EmulatedRequest): Answer {
  const group = org.group(request.params.id ?? '');
  return group
    ? { status: 200, body: renderGroup(group, request) }
    : notFound(request.params.id ?? '', 'UserGroup');
}

function members(org: OktaOrg, request: EmulatedRequest): Answer {
  const group = org.group(request.params.id ?? '');
  if (!group) return notFound(request.params.id ?? '', 'UserGroup');
  if (group.refuses.members) return oktaError(group.refuses.members);
  return answerPage<UserRecord>(request, {
    all: org.users,
    among: group.members ? org.placesOf(group.members) : undefined,
    wanted: (user) => org.isMember(group, user) && user.status !== 'DEPROVISIONED',
    cursor: (user) => user.id,
    place: (cursor) => org.place(cursor),
    render: renderRow,
    maxLimit: 1000,
    endless: org.settings.endlessPages,
  });
}
