/** The calls with which permissions are tried. */

import type { Call, CallContext, OktaOperations } from '../../connectors/types.ts';

/** The permissions that a sync needs, by the names of `arx.permissions/v1`. */
export const CAPABILITY_NAMES = ['users', 'factors', 'groups', 'apps', 'logs', 'roles'] as const;
export type CapabilityName = (typeof CAPABILITY_NAMES)[number];

/** OAuth scope that a service app needs for each permission. (Okta, OAuth 2.0 scopes) */
export const SCOPES: Record<CapabilityName, string> = {
  users: 'okta.users.read',
  factors: 'okta.users.read',
  groups: 'okta.groups.read',
  apps: 'okta.apps.read',
  logs: 'okta.logs.read',
  roles: 'okta.roles.read',
};

/** What a sync cannot do without each permission. */
export const WITHOUT: Record<CapabilityName, string> = {
  users: 'The check and the sync read nobody: every run is incomplete.',
  factors: 'No verdicts: every user is unknown, and no gap about MFA is found.',
  groups: 'Checks of groups fail, and roles and privileges through groups are not found.',
  apps: 'The twin has no apps, and no gap about their sign-on is found.',
  logs: 'No security events and no last sign-ins, and delta scans read every user.',
  roles: 'Administrators are unknown, and no gap about them is found.',
};

/** Ids returned by earlier probes, with which later ones are tried. */
export interface FoundIds {
  users: string[];
  groups: string[];
  apps: string[];
}

/** Creates the context of a call about a subject. */
type ContextFactory = <Output>(subject: string) => CallContext<Output>;

/** One call that shows whether something is allowed. */
export interface Probe {
  capability: CapabilityName;
  operation: keyof OktaOperations & string;
  /** Kind of id that it is tried with; absent if it needs none. */
  with?: keyof FoundIds;
  /** Kind of id that it returns. */
  finds?: keyof FoundIds;
  /** An empty answer means that the credential may see nothing. */
  neverEmpty?: boolean;
  /** Makes the call and returns the ids that come back. */
  ask(okta: Call<OktaOperations>, about: ContextFactory, id: string): Promise<readonly string[]>;
}

const FEW = { limit: 3, skipUnreadable: true } as const;
const idsOf = ({ output }: { output: { items: readonly { id: string }[] } }): string[] =>
  output.items.map(({ id }) => id);
const noIds = (): string[] => [];

/** Ordered so that each probe finds ids for the next ones, in more than one way. */
// prettier-ignore
export const PROBES: readonly Probe[] = [
  { capability: 'users', operation: 'users:read', finds: 'users', neverEmpty: true,
    ask: (okta, about) => okta('users:read', { statuses: ['ACTIVE'], ...FEW }, about('users')).then(idsOf) },
  { capability: 'groups', operation: 'groups:read', finds: 'groups',
    ask: (okta, about) => okta('groups:read', FEW, about('groups')).then(idsOf) },
  { capability: 'groups', operation: 'groups:read_members', with: 'groups', finds: 'users',
    ask: (okta, about, groupId) => okta('groups:read_members', { groupId, ...FEW }, about(groupId)).then(idsOf) },
  { capability: 'roles', operation: 'iam:read_assignees', finds: 'users',
    ask: (okta, about) => okta('iam:read_assignees', FEW, about('assignees')).then(idsOf) },
  { capability: 'factors', operation: 'users:read_factors', with: 'users',
    ask: (okta, about, userId) => okta('users:read_factors', { userId }, about(userId)).then(noIds) },
  { capability: 'roles', operation: 'users:read_roles', with: 'users',
    ask: (okta, about, userId) => okta('users:read_roles', { userId }, about(userId)).then(noIds) },
  { capability: 'roles', operation: 'groups:read_roles', with: 'groups',
    ask: (okta, about, groupId) => okta('groups:read_roles', { groupId }, about(groupId)).then(noIds) },
  { capability: 'apps', operation: 'apps:read', finds: 'apps',
    ask: (okta, about) => okta('apps:read', FEW, about('apps')).then(idsOf) },
  { capability: 'apps', operation: 'apps:read_users', with: 'apps',
    ask: (okta, about, appId) => okta('apps:read_users', { appId, ...FEW }, about(appId)).then(noIds) },
  { capability: 'apps', operation: 'apps:read_groups', with: 'apps',
    ask: (okta, about, appId) => okta('apps:read_groups', { appId, ...FEW }, about(appId)).then(noIds) },
  { capability: 'logs', operation: 'logs:read',
    ask: (okta, about) => okta('logs:read', { sortOrder: 'DESCENDING', limit: 1 }, about('logs')).then(noIds) },
];
