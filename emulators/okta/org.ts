import { oktaId, oktaIndex } from '../ids.ts';
import { AppDirectory } from './app-records.ts';
import type {
  Canaries,
  GroupRecord,
  NewGroup,
  NewUser,
  OktaSettings,
  UserPatch,
  UserRecord,
} from './model.ts';
import { OpenIdProvider } from './openid/provider.ts';
import { SystemLog } from './system-log.ts';
import { UserDirectory } from './user-directory.ts';

/** The state of one emulated Okta organisation. */
export class OktaOrg {
  readonly seed: number;
  readonly settings: OktaSettings;
  readonly canaries: Canaries;
  readonly users: UserDirectory;
  groups: (GroupRecord | undefined)[] = [];
  readonly apps: AppDirectory;
  readonly log = new SystemLog();
  readonly signIns = new OpenIdProvider(this);

  constructor(seed: number, settings: OktaSettings, canaries: Canaries = {}) {
    this.seed = seed;
    this.settings = settings;
    this.canaries = canaries;
    this.users = new UserDirectory(seed);
    this.addGroup({
      name: 'Everyone',
      type: 'BUILT_IN',
      description: 'All users in your organization',
    });
    this.apps = new AppDirectory(this);
  }

  /** A user by id or login, for changes; null if there is none. */
  user(idOrLogin: string): UserRecord | null {
    const found = this.users.find(idOrLogin);
    return found && this.users.keep(found);
  }

  /** A user by id or login, for reading only; null if there is none. */
  view(idOrLogin: string): UserRecord | null {
    return this.users.find(idOrLogin);
  }

  /** Position in the listing of a present or deleted user; null if unknown. */
  place(id: string): number | null {
    return this.users.place(id);
  }

  /** Positions of those ids that exist or existed. */
  placesOf(ids: Iterable<string>): number[] {
    return [...ids].flatMap((id) => this.users.place(id) ?? []);
  }

  /** All users, for reading only; change them through the organisation. */
  present(): UserRecord[] {
    return [...this.users];
  }

  addUser(wanted: NewUser): UserRecord {
    const user = this.users.add(wanted);
    for (const name of wanted.groups ?? []) this.#groupNamed(name).members?.add(user.id);
    return user;
  }

  patchUser(wanted: UserRecord, patch: UserPatch): UserRecord {
    const { profile, status, ...rest } = patch;
    const user = this.users.keep(wanted);
    const { login } = user.profile;
    Object.assign(user, rest, { lastUpdated: new Date().toISOString() });
    if (profile) user.profile = { ...user.profile, ...profile };
    if (status !== undefined) this.setStatus(user, status);
    this.users.recordRename(user, login);
    return user;
  }

  setStatus(wanted: UserRecord, status: string): void {
    const user = this.users.keep(wanted);
    user.status = status;
    user.statusChanged = new Date().toISOString();
    user.lastUpdated = user.statusChanged;
    if (status === 'ACTIVE' && user.activated === null) user.activated = user.statusChanged;
  }

  removeUser(user: UserRecord): void {
    this.users.remove(user);
    for (const group of this.groups) group?.members?.delete(user.id);
    for (const app of this.apps.all) app.users.delete(user.id);
  }

  clearUsers(): void {
    this.users.clear();
    for (const group of this.groups) group?.members?.clear();
    for (const app of this.apps.all) app.users.clear();
  }

  group(id: string): GroupRecord | null {
    const likely = this.groups[oktaIndex('00g', id, this.seed) ?? -1];
    return likely?.id === id ? likely : (this.groups.find((group) => group?.id === id) ?? null);
  }

  groupNamed(name: string): GroupRecord | null {
    return this.groups.find((group) => group?.name === name) ?? null;
  }

  addGroup(wanted: NewGroup): GroupRecord {
    const index = this.groups.length;
    const now = new Date().toISOString();
    const members = (wanted.members ?? []).flatMap((member) => this.view(member)?.id ?? []);
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
      refuses: wanted.refuses ?? {},
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
