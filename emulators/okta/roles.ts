import { oktaId } from '../ids.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { notFound, oktaError } from './errors.ts';
import type { OktaOrg } from './org.ts';
import { answerPage, nextOf } from './paging.ts';
import type { UserRecord } from './model.ts';

const LABELS: Readonly<Record<string, string>> = {
  SUPER_ADMIN: 'Super Administrator',
  ORG_ADMIN: 'Organization Administrator',
  APP_ADMIN: 'Application Administrator',
  USER_ADMIN: 'Group Administrator',
  GROUP_MEMBERSHIP_ADMIN: 'Group Membership Administrator',
  HELP_DESK_ADMIN: 'Help Desk Administrator',
  READ_ONLY_ADMIN: 'Read-Only Administrator',
  API_ACCESS_MANAGEMENT_ADMIN: 'API Access Management Administrator',
  REPORT_ADMIN: 'Report Administrator',
};

/** Administrator roles of users and groups, and the users who hold any. */
export function roleRoutes(org: OktaOrg): Route[] {
  const get = { method: 'GET', scope: 'okta.roles.read' };
  return [
    {
      ...get,
      path: '/api/v1/users/:id/roles',
      operation: 'users:read_roles',
      handle: (request) => ofUser(org, request),
    },
    {
      ...get,
      path: '/api/v1/groups/:id/roles',
      operation: 'groups:read_roles',
      handle: (request) => ofGroup(org, request),
    },
    {
      ...get,
      path: '/api/v1/iam/assignees/users',
      operation: 'iam:read_assignees',
      handle: (request) => assignees(org, request),
    },
  ];
}

function ofUser(org: OktaOrg, { params, origin }: EmulatedRequest): Answer {
  const user = org.view(params.id ?? '');
  if (!user || user.vanish) return notFound(params.id ?? '', 'User');
  const groups = org.groups.flatMap((group) =>
    group && org.isMember(group, user) ? group.roles.map((role) => ({ role, id: group.id })) : [],
  );
  const own = user.roles.map((role, place) => ({
    ...render(role, 'USER', idOf(org, user.index * 16 + place)),
    _links: { assignee: { href: `${origin}/api/v1/users/${user.id}` } },
  }));
  // The link of a role that is held through a group leads to the group.
  const through = groups.map(({ role, id }, place) => ({
    ...render(role, 'GROUP', idOf(org, user.index * 16 + 8 + place)),
    _links: { assignee: { href: `${origin}/api/v1/groups/${id}` } },
  }));
  return { status: 200, body: [...own, ...through] };
}

function ofGroup(org: OktaOrg, { params, origin }: EmulatedRequest): Answer {
  const group = org.group(params.id ?? '');
  if (!group) return notFound(params.id ?? '', 'UserGroup');
  if (group.refuses.roles) return oktaError(group.refuses.roles);
  const links = { assignee: { href: `${origin}/api/v1/groups/${group.id}` } };
  const roles = group.roles.map((role, place) =>
    render(role, 'GROUP', idOf(org, 1_000_000 + group.index * 16 + place)),
  );
  return { status: 200, body: roles.map((role) => ({ ...role, _links: links })) };
}

function assignees(org: OktaOrg, request: EmulatedRequest): Answer {
  if (Number(request.query.get('limit') ?? 100) > 200)
    return oktaError('E0000001', 'limit', ['limit: at most 200']);
  const answer = answerPage<UserRecord>(request, {
    all: org.users,
    // Unchanged users of a block have no roles.
    among: org.users.keptPlaces(),
    wanted: (user) => user.roles.length > 0 && user.status !== 'DEPROVISIONED',
    cursor: ({ id }) => id,
    place: (cursor) => org.place(cursor),
    render: ({ id }, { origin }) => ({
      id,
      orn: `orn:okta:directory:00o0emulated:users:${id}`,
      _links: {
        self: { href: `${origin}/api/v1/users/${id}` },
        roles: { href: `${origin}/api/v1/users/${id}/roles` },
      },
    }),
    maxLimit: 200,
  });
  if (answer.status !== 200) return answer;
  // Okta's only listing with the next link in the body.
  const next = nextOf(answer);
  return {
    status: 200,
    body: { value: answer.body, _links: next === null ? {} : { next: { href: next } } },
  };
}

const CUSTOM = 'CUSTOM:';

const render = (role: string, assignmentType: string, id: string): Json => ({
  id,
  ...roleParts(role, id),
  status: 'ACTIVE',
  created: '2024-03-04T09:00:00.000Z',
  lastUpdated: '2024-03-04T09:00:00.000Z',
  assignmentType,
});

// A custom role names the role and the resource set to which it is limited.
function roleParts(role: string, id: string): Json {
  if (!role.startsWith(CUSTOM)) return { label: LABELS[role] ?? role, type: role };
  const label = role.slice(CUSTOM.length);
  return { label, type: 'CUSTOM', role: `cr0${id}`, 'resource-set': `iam${id}` };
}

// Ids of role assignments have their own format: only capitals and digits.
const idOf = (org: OktaOrg, index: number): string =>
  oktaId('', index, org.seed).toUpperCase().slice(0, 16);
