import type { OktaOrg } from '../../emulators/okta/org.ts';
import type { UserRecord } from '../../emulators/okta/model.ts';
import type { Twin, TwinRole, TwinUser } from '../../src/twin/types.ts';
import { streams, twin } from './twin-orgs.ts';

/**
 * The true content of an emulated organisation, as the twin should have it after a complete sync.
 */
export function truthOf(okta: OktaOrg, org: string, at: string): Twin {
  const groups = okta.groups.flatMap((group) => group ?? []);
  return twin({
    org,
    at,
    streams: streams(),
    groups: groups.map(({ id, name }) => ({ id, name })),
    users: okta.present().map((user) => userOf(okta, user)),
    apps: okta.apps.all.map((app) => ({
      id: app.id,
      label: app.label,
      signOnMode: app.signOnMode,
      status: app.status,
      users: okta.apps.assigned(app)?.length ?? null,
      groups: app.groups.length,
      gone: false,
    })),
  });
}

function userOf(okta: OktaOrg, user: UserRecord): TwinUser {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const { id, status, created, activated, lastLogin, passwordChanged, profile } = user;
  const own = okta.groups.flatMap((group) => (group && okta.isMember(group, user) ? group : []));
  const through = own.flatMap((group) =>
    group.roles.map((role): TwinRole => ({ role, via: group.id })),
  );
  const unreadable = user.vanish === true || user.denyFactors === true;
  return {
    id,
    status,
    created,
    activated,
    lastLogin,
    passwordChanged,
    lastSeen: null,
    gone: false,
    login: profile.login,
    email: text(profile.email),
    department: text(profile.department),
    title: text(profile.title),
    userType: text(profile.userType),
    groups: own.map((group) => group.id),
    factors: unreadable
      ? null
      : user.factors.map((factor, place) => ({ id: `f${place}`, ...kept(factor) })),
    roles: [...user.roles.map((role) => ({ role, via: 'direct' })), ...through],
  };
}

// The emulator fills these in when it answers; only the provider of Okta Verify matters here.
const kept = ({ type, provider, status }: UserRecord['factors'][number]) => ({
  type,
  provider: provider ?? 'OKTA',
  status: status ?? 'ACTIVE',
});
