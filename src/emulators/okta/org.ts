import { oktaId } from '../ids.ts';
import { AppDirectory } from './app-records.ts';
import type { Canaries, GroupRecord, NewGroup, NewUser, OktaSettings, UserPatch, UserRecord } from './model.ts';
import { SystemLog } from './system-log.ts';

/** The state of one emulated Okta organisation. */
export class OktaOrg {
  readonly seed: number;
  readonly settings: OktaSettings;
  readonly canaries: Canaries;
  /** In listing order; a deleted user leaves a hole, so that cursors stay valid. */
  users: (UserRecord | undefined)[] = [];
  groups: (GroupRecord | undefined)[] = [];
  readonly apps: AppDirectory;
  readonly log = new SystemLog();
  readonly #byId = new Map<string, UserRecord>();
  readonly #byLogin = new Map<string, UserRecord>();
  readonly #places = new Map<string, number>();

  constructor(seed: number, settings: OktaSettings, canaries: Canaries = {}) {
    this.seed = seed;
    this.settings = settings;
    this.canaries = canaries;
    this.addGroup({ name: 'Everyone', type: 'BUILT_IN', description: 'All users in your organization' });
    this.apps = new AppDirectory(this);
  }

  /** By id or login; null where there is none. */
  user(idOrLogin: string): UserRecord | null {
    return this.#byId.get(idOrLogin) ?? this.#byLogin.get(idOrLogin.toLowerCase()) ?? null;
  }

  /** Place in the listing of a user that exists or did; null for a stranger. */
  place(id: string): number | null {
    return this.#places.get(id) ?? null;
  }

  present(): UserRecord[] {
    return this.users.filter((user) => user !== undefined);
  }

  addUser(wanted: NewUser): UserRecord {
    const index = this.users.length;
    const user = newUser(index, wanted, wanted.id ?? oktaId('00u', index, this.seed));
    this.users.push(user);
    this.#byId.set(user.id, user);
    this.#byLogin.set(user.profile.login.toLowerCase(), user);
    this.#places.set(user.id, index);
    for (const name of wanted.groups ?? []) this.#groupNamed(name).members?.add(user.id);
    return user;
  }

  patchUser(user: UserRecord, patch: UserPatch): UserRecord {
    const { profile, status, ...rest } = patch;
    this.#byLogin.delete(user.profile.login.toLowerCase());
    Object.assign(user, rest, { lastUpdated: new Date().toISOString() });
    if (profile) user.profile = { ...user.profile, ...profile };
    if (status !== undefined) this.setStatus(user, status);
    this.#byLogin.set(user.profile.login.toLowerCase(), user);
    return user;
  }

  setStatus(user: UserRecord, status: string): void {
    user.status = status;
    user.statusChanged = new Date().toISOString();
    user.lastUpdated = user.statusChanged;
    if (status === 'ACTIVE' && user.activated === null) user.activated = user.statusChanged;
  }

  removeUser(user: UserRecord): void {
    this.users[user.index] = undefined;
    this.#byId.delete(user.id);
    this.#byLogin.delete(user.profile.login.toLowerCase());
    for (const group of this.groups) group?.members?.delete(user.id);
    for (const app of this.apps.all) app.users.delete(user.id);
  }

  clearUsers(): void {
    for (const user of this.present()) this.removeUser(user);
  }

  group(id: string): GroupRecord | null {
    return this.groups.find((group) => group?.id === id) ?? null;
  }

  groupNamed(name: string): GroupRecord | null {
    return this.groups.find((group) => group?.name === name) ?? null;
  }

  addGroup(wanted: NewGroup): GroupRecord {
    const index = this.groups.length;
    const now = new Date().toISOString();
    const members = (wanted.members ?? []).flatMap((member) => this.user(member)?.id ?? []);
    const group: GroupRecord = {
      index,
      id: wanted.id ?? oktaId('00g', index, this.seed),
      type: wanted.type ?? 'OKTA_GROUP',
      name: wanted.name,
      description: wanted.description ?? null,
      created: now,
      lastUpdated: now,
      lastMembershipUpdated: now,
      members: wanted.type === 'BUILT_IN' && wanted.name === 'Everyone' ? null : new Set(members),
      roles: [...(wanted.roles ?? [])],
    };
    this.groups.push(group);
    return group;
  }

  removeGroup(group: GroupRecord): void {
    this.groups[group.index] = undefined;
    for (const app of this.apps.all) app.groups = app.groups.filter((id) => id !== group.id);
  }

  isMember(group: GroupRecord, user: UserRecord): boolean {
    return group.members === null || group.members.has(user.id);
  }

  #groupNamed(name: string): GroupRecord {
    return this.groupNamed(name) ?? this.addGroup({ name });
  }
}

function newUser(index: number, wanted: NewUser, id: string): UserRecord {
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
    passwordChanged: activated,
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
