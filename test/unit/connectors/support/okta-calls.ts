import type { Named } from '../../../../src/connectors/pipeline/operation.ts';
import type { OktaOperations } from '../../../../src/connectors/types.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';

/** Creates new objects in the emulated organisation for calls. */
export interface World {
  user(status?: string): string;
  group(members?: readonly string[]): string;
  app(users?: readonly string[]): string;
  policyId: string;
}

/** Creates objects without the emulator's API. */
export function worldOf({ okta }: RunningEmulators, policyId: string): World {
  let made = 0;
  const next = (): number => (made += 1);
  return {
    user: (status = 'ACTIVE') =>
      okta.addUser({
        login: `made.${next()}@world.example`,
        status,
        roles: ['HELP_DESK_ADMIN'],
        factors: [{ type: 'sms' }, { type: 'webauthn' }],
      }).id,
    group: (members = []) =>
      okta.addGroup({ name: `Made ${next()}`, members, roles: ['APP_ADMIN'] }).id,
    app: (users = []) => okta.apps.add({ label: `Made ${next()}`, users, groups: ['Everyone'] }).id,
    policyId,
  };
}

/** Ids of objects that do not exist, for calls without an emulator. */
export const NOWHERE: World = {
  user: () => '00uAAAAAAAAAAAAAAAAA',
  group: () => '00gAAAAAAAAAAAAAAAAA',
  app: () => '0oaAAAAAAAAAAAAAAAAA',
  policyId: '00pAAAAAAAAAAAAAAAAA',
};

type Inputs<Table> = {
  [Name in keyof Table]: (
    world: World,
  ) => Table[Name] extends { input: infer Input } ? Input[] : never;
};

const profile = { login: 'x@made.example', email: 'x@made.example', firstName: 'X', lastName: 'Y' };
const person = (name: string) => ({
  ...profile,
  login: `${name}@made.example`,
  email: `${name}@made.example`,
});

/** Inputs for every Okta operation: the minimum, and with every optional field. */
export const OKTA_CALLS: Inputs<Named<OktaOperations>> = {
  'users:read': () => [
    {},
    { statuses: ['ACTIVE'] },
    { statuses: ['ACTIVE', 'LOCKED_OUT'], limit: 2, after: null },
    { search: 'profile.login sw "made"' },
    { login: 'someone@"quoted".example' },
    { email: 'someone@made.example' },
    { q: 'made', limit: 1 },
  ],
  'users:read_detail': ({ user }) => [{ userId: user() }],
  'users:create': ({ group }) => [
    { profile: person('created') },
    {
      profile: { ...person('created.all'), title: null, tags: ['a', 'b'], level: 3, remote: true },
      activate: false,
      groupIds: [group()],
    },
  ],
  'users:update': ({ user }) => [
    { userId: user(), profile: person('replaced') },
    { userId: user(), mode: 'replace', profile: person('replaced.too') },
    { userId: user(), mode: 'merge', profile: { department: 'Sales' } },
  ],
  'users:activate': ({ user }) => [
    { userId: user('STAGED') },
    { userId: user('STAGED'), sendEmail: false },
  ],
  'users:deactivate': ({ user }) => [{ userId: user() }, { userId: user(), sendEmail: true }],
  'users:suspend': ({ user }) => [{ userId: user() }],
  'users:unsuspend': ({ user }) => [{ userId: user('SUSPENDED') }],
  'users:reset_password': ({ user }) => [
    { userId: user() },
    { userId: user(), sendEmail: false, revokeSessions: true },
  ],
  'users:expire_password': ({ user }) => [{ userId: user() }],
  'users:clear_sessions': ({ user }) => [{ userId: user() }, { userId: user(), oauthTokens: true }],
  'users:read_factors': ({ user }) => [{ userId: user() }],
  'users:read_apps': ({ user }) => [{ userId: user() }],
  'users:read_groups': ({ user }) => [{ userId: user() }, { userId: user(), limit: 1 }],
  'users:read_roles': ({ user }) => [{ userId: user() }],
  'users:read_enrollments': ({ user }) => [{ userId: user() }],
  'groups:read': () => [
    {},
    { name: 'Everyone' },
    { name: 'With "quotes" \\ and more' },
    { q: 'Ev', limit: 1 },
  ],
  'groups:read_detail': ({ group }) => [{ groupId: group() }],
  'groups:create': () => [{ name: 'Created' }, { name: 'Created too', description: 'With words' }],
  'groups:update': ({ group }) => [
    { groupId: group(), name: 'Renamed' },
    { groupId: group(), name: 'Renamed too', description: null },
  ],
  'groups:delete': ({ group }) => [{ groupId: group() }],
  'groups:read_members': ({ group, user }) => [
    { groupId: group([user()]) },
    { groupId: group(), limit: 1 },
  ],
  'groups:add_member': ({ group, user }) => [{ groupId: group(), userId: user() }],
  'groups:remove_member': ({ group, user }) => {
    const userId = user();
    return [{ groupId: group([userId]), userId }];
  },
  'groups:read_roles': ({ group }) => [{ groupId: group() }],
  'apps:read': () => [{}, { q: 'okta', limit: 1 }, { filter: 'status eq "ACTIVE"' }],
  'apps:read_detail': ({ app }) => [{ appId: app() }],
  'apps:assign_user': ({ app, user }) => [{ appId: app(), userId: user() }],
  'apps:remove_user': ({ app, user }) => {
    const [one, other] = [user(), user()];
    return [
      { appId: app([one]), userId: one },
      { appId: app([other]), userId: other, sendEmail: true },
    ];
  },
  'apps:read_users': ({ app, user }) => [
    { appId: app([user()]) },
    { appId: app(), q: 'm', limit: 5 },
  ],
  'apps:read_groups': ({ app }) => [{ appId: app() }, { appId: app(), limit: 1 }],
  'authz:read': () => [{}, { q: 'default', limit: 1 }],
  'authz:read_policies': () => [{ authServerId: 'default' }],
  'policies:read': () => [
    { type: 'ACCESS_POLICY' },
    { type: 'PASSWORD', status: 'ACTIVE', limit: 20 },
  ],
  'policies:read_rules': ({ policyId }) => [{ policyId }],
  'authenticators:read': () => [{}],
  'logs:read': () => [
    {},
    {
      since: '2026-01-01T00:00:00.000Z',
      until: '2026-01-02T00:00:00Z',
      sortOrder: 'DESCENDING',
      filter: 'eventType eq "user.lifecycle.suspend"',
      q: 'made',
      limit: 1000,
    },
  ],
  'domains:read': () => [{}],
  'iam:read_assignees': () => [{}, { limit: 1 }],
  'org:read': () => [{}],
};

export type OktaOperationName = keyof typeof OKTA_CALLS;
/** Inputs for an operation whose name is only known at run time. */
export const inputsFor = (operation: string, world: World): unknown[] =>
  OKTA_CALLS[operation as OktaOperationName](world);

export const OKTA_OPERATION_NAMES = Object.keys(OKTA_CALLS) as OktaOperationName[];
