import type { NewUser, UserRecord } from './model.ts';

/** The record of a new user, with defaults for everything that is not given. */
export function newUser(index: number, wanted: NewUser, id: string): UserRecord {
  const created = wanted.created ?? '2024-03-04T09:00:00.000Z';
  const activated = wanted.activated === undefined ? created : wanted.activated;
  return {
    index,
    id,
    status: wanted.status ?? 'ACTIVE',
    created,
    activated,
    statusChanged: activated,
    lastLogin: wanted.lastLogin ?? null,
    lastUpdated: activated ?? created,
    passwordChanged: wanted.passwordChanged === undefined ? activated : wanted.passwordChanged,
    profile: { ...defaultProfile(wanted.login), ...wanted.profile, login: wanted.login },
    factors: wanted.factors ?? [],
    roles: wanted.roles ?? [],
    ...(wanted.vanish ? { vanish: true } : {}),
    ...(wanted.denyFactors ? { denyFactors: true } : {}),
    sessions: 1,
  };
}

function defaultProfile(login: string): Record<string, unknown> {
  const [firstName = 'Test', lastName = 'User'] = (login.split('@')[0] ?? '').split('.');
  return { firstName, lastName, mobilePhone: null, secondEmail: null, email: login };
}
