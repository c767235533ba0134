import { objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Route } from '../types.ts';
import type { EntraDirectory } from './directory.ts';
import { graphError, noResource, onPremisesObject } from './errors.ts';
import type { EntraGroup } from './model.ts';
import { contextOf, page } from './paging.ts';
import { selectGroup, selectUser } from './select.ts';

const THERE_ALREADY =
  "One or more added object references already exist for the following modified properties: 'members'.";
type OfGroup = (group: EntraGroup, request: EmulatedRequest) => Answer;

/** Groups and their members. */
export function groupRoutes(directory: EntraDirectory): Route[] {
  const withGroup = (act: OfGroup) => (request: EmulatedRequest) => {
    const group = directory.groups.find(request.params.id ?? '');
    return group ? act(group, request) : noResource(request.params.id ?? '');
  };
  const read = { method: 'GET', scope: 'GroupMember.Read.All' };
  const write = { write: true, scope: 'GroupMember.ReadWrite.All' };
  const path = '/v1.0/groups/:id';
  return [
    {
      ...read,
      path: '/v1.0/groups',
      operation: 'groups:list',
      handle: (request) => list(directory, request),
    },
    { ...read, path, operation: 'groups:read_detail', handle: withGroup(detail) },
    {
      ...read,
      path: `${path}/members`,
      operation: 'groups:read',
      handle: withGroup((group, request) => members(directory, group, request)),
    },
    {
      ...write,
      method: 'POST',
      path: `${path}/members/$ref`,
      operation: 'groups:add_member',
      handle: withGroup((group, request) => add(directory, group, request)),
    },
    {
      ...write,
      method: 'DELETE',
      path: `${path}/members/:user/$ref`,
      operation: 'groups:remove_member',
      handle: withGroup((group, request) => remove(directory, group, request)),
    },
  ];
}

const NAMED = /^displayName eq '((?:[^']|'')*)'$/;

function list({ groups }: EntraDirectory, request: EmulatedRequest): Answer {
  const show = selectGroup(request);
  if (typeof show === 'string') return graphError('BadRequest', show);
  const filter = request.query.get('$filter');
  const match = NAMED.exec(filter?.trim() ?? '');
  if (filter !== null && !match)
    return graphError('BadRequest', `Invalid filter clause: ${filter}`);
  const wanted = match?.[1]?.replaceAll("''", "'").toLowerCase();
  const rows = groups.all.filter(
    ({ displayName }) => wanted === undefined || displayName.toLowerCase() === wanted,
  );
  return page(request, { context: 'groups', rows, render: show });
}

function detail(group: EntraGroup, request: EmulatedRequest): Answer {
  const show = selectGroup(request);
  if (typeof show === 'string') return graphError('BadRequest', show);
  return {
    status: 200,
    body: { '@odata.context': contextOf(request, 'groups/$entity'), ...show(group) },
  };
}

function members(directory: EntraDirectory, group: EntraGroup, request: EmulatedRequest): Answer {
  const show = selectUser(request);
  if (typeof show === 'string') return graphError('BadRequest', show);
  return page(request, {
    context: 'directoryObjects',
    rows: directory.visibleMembers(group),
    render: (user) => ({ '@odata.type': '#microsoft.graph.user', ...show(user) }),
  });
}

/** Why a group does not take a change of its members; null if it does. */
function memberRefusal({ settings }: EntraDirectory, group: EntraGroup): Answer | null {
  if (group.onPremisesSyncEnabled) return onPremisesObject();
  return group.isAssignableToRole &&
    !settings.permissions.includes('RoleManagement.ReadWrite.Directory')
    ? graphError('Authorization_RequestDenied')
    : null;
}

const REFERENCE = /^https?:\/\/[^/]+\/v1\.0\/(?:directoryObjects|users)\/([^/?]+)$/;

function add(directory: EntraDirectory, group: EntraGroup, request: EmulatedRequest): Answer {
  const reference = objectBody(request)['@odata.id'];
  const match = REFERENCE.exec(typeof reference === 'string' ? reference : '');
  if (!match)
    return graphError(
      'Request_BadRequest',
      "Invalid URL was provided in the property '@odata.id'.",
    );
  const wanted = decodeURIComponent(match[1] ?? '');
  const user = directory.users.find(wanted);
  if (!user) return noResource(wanted);
  const refusal = memberRefusal(directory, group);
  if (refusal) return refusal;
  if (directory.isMember(group, user.id)) return graphError('Request_BadRequest', THERE_ALREADY);
  directory.setMember(group, user.id, true);
  return { status: 204, effect: { group: group.id, user: user.id, member: true } };
}

function remove(directory: EntraDirectory, group: EntraGroup, { params }: EmulatedRequest): Answer {
  const { user: wanted = '' } = params;
  const user = directory.users.find(wanted);
  if (!user || !directory.isMember(group, user.id)) return noResource(wanted);
  const refusal = memberRefusal(directory, group);
  if (refusal) return refusal;
  directory.setMember(group, user.id, false);
  return { status: 204, effect: { group: group.id, user: user.id, member: false } };
}
