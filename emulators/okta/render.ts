import type { EmulatedRequest, Json } from '../types.ts';
import type { GroupRecord, UserRecord } from './model.ts';

/** The row of a user in a list. */
export const renderRow = (user: UserRecord, { origin }: EmulatedRequest): unknown =>
  'raw' in user ? user.raw : renderUser(user, origin);

/** A user in Okta's list format. */
function renderUser(user: UserRecord, origin: string): Json {
  return {
    id: user.id,
    status: user.status,
    created: user.created,
    activated: user.activated,
    statusChanged: user.statusChanged,
    lastLogin: user.lastLogin,
    lastUpdated: user.lastUpdated,
    passwordChanged: user.passwordChanged,
    realmId: 'guotivlj45ZSJtnfF5d7',
    type: { id: 'otytivnus5k8rPk4X5d7' },
    profile: user.profile,
    credentials: { provider: { type: user.provider ?? 'OKTA', name: user.provider ?? 'OKTA' } },
    _links: { self: { href: `${origin}/api/v1/users/${user.id}` } },
  };
}

const LIFECYCLE_LINKS: Record<string, readonly string[]> = {
  ACTIVE: ['suspend', 'resetPassword', 'expirePassword', 'resetFactors', 'deactivate'],
  LOCKED_OUT: ['unlock', 'resetPassword', 'resetFactors', 'deactivate'],
  SUSPENDED: ['unsuspend', 'deactivate'],
  PROVISIONED: ['suspend', 'resetPassword', 'reactivate', 'resetFactors', 'deactivate'],
  STAGED: ['activate', 'deactivate'],
  DEPROVISIONED: ['activate', 'delete'],
};

/** A single user; its links depend on its status. */
export function renderUserDetail(user: UserRecord, origin: string): Json {
  return { ...renderUser(user, origin), _links: detailLinks(user, origin) };
}

function detailLinks(user: UserRecord, origin: string): Json {
  const self = `${origin}/api/v1/users/${user.id}`;
  const actions = (LIFECYCLE_LINKS[user.status] ?? ['deactivate']).map((name) => {
    const verb = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return [name, { href: `${self}/lifecycle/${verb}`, method: 'POST' }];
  });
  return {
    ...(Object.fromEntries(actions) as Json),
    schema: { href: `${origin}/api/v1/meta/schemas/user/osctivnus5k8rPk4X5d7` },
    self: { href: self },
    type: { href: `${origin}/api/v1/meta/types/user/otytivnus5k8rPk4X5d7` },
  };
}

/** A group in Okta's format. */
export function renderGroup(group: GroupRecord, { origin }: EmulatedRequest): Json {
  const self = `${origin}/api/v1/groups/${group.id}`;
  return {
    id: group.id,
    created: group.created,
    lastUpdated: group.lastUpdated,
    lastMembershipUpdated: group.lastMembershipUpdated,
    objectClass: ['okta:user_group'],
    type: group.type,
    profile: { name: group.name, description: group.description },
    _links: {
      logo: [
        {
          name: 'medium',
          href: `${origin}/assets/img/logos/groups/okta-medium.png`,
          type: 'image/png',
        },
        {
          name: 'large',
          href: `${origin}/assets/img/logos/groups/okta-large.png`,
          type: 'image/png',
        },
      ],
      owners: { href: `${self}/owners` },
      users: { href: `${self}/users` },
      apps: { href: `${self}/apps` },
    },
  };
}
