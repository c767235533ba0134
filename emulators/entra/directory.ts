import { AccountTable } from '../accounts.ts';
import { objectId } from '../ids.ts';
import { TokenStore } from '../tokens.ts';
import type {
  EntraAccount,
  EntraGroup,
  EntraSettings,
  NewEntraAccount,
  NewEntraGroup,
} from './model.ts';

// Ids of groups use indices that no user reaches.
const GROUPS_FROM = 10_000_000;

/** Directory roles that may block and unblock administrators. */
const MANAGING_ROLES = ['Global Administrator', 'Privileged Authentication Administrator'];

/** The state of one emulated Entra ID tenant. */
export class EntraDirectory {
  readonly settings: EntraSettings;
  readonly seed: number;
  readonly users = new AccountTable<EntraAccount>(({ id, userPrincipalName }) => [
    id,
    userPrincipalName,
  ]);
  readonly groups = new AccountTable<EntraGroup>(({ id }) => [id]);
  readonly tokens = new TokenStore<null>();
  #made = 0;

  constructor(settings: EntraSettings, seed: number) {
    this.settings = settings;
    this.seed = seed;
  }

  addUser(wanted: NewEntraAccount): EntraAccount {
    const id = objectId(this.#made, this.seed);
    this.#made += 1;
    return this.users.add({
      id,
      mail: wanted.userPrincipalName,
      displayName: wanted.userPrincipalName.split('@')[0] ?? id,
      givenName: null,
      surname: null,
      jobTitle: null,
      mobilePhone: null,
      otherMails: [],
      accountEnabled: true,
      onPremisesSyncEnabled: false,
      roles: [],
      signInSessionsValidFromDateTime: '2025-01-06T08:00:00Z',
      ...wanted,
    });
  }

  addGroup({ members = [], ...wanted }: NewEntraGroup): EntraGroup {
    const id = objectId(GROUPS_FROM + this.groups.all.length, this.seed);
    const group: EntraGroup = {
      id,
      description: null,
      members: new Map(),
      onPremisesSyncEnabled: false,
      isAssignableToRole: false,
      ...wanted,
    };
    for (const member of members) {
      const user = this.users.find(member);
      if (user) group.members.set(user.id, { present: true, changedAt: 0 });
    }
    return this.groups.add(group);
  }

  clearUsers(): void {
    this.users.clear();
    for (const { members } of this.groups.all) members.clear();
  }

  /** Whether the app may block this account, which depends on the roles of both. */
  mayManage({ roles }: EntraAccount): boolean {
    return (
      roles.length === 0 || this.settings.appRoles.some((role) => MANAGING_ROLES.includes(role))
    );
  }

  isMember(group: EntraGroup, userId: string): boolean {
    return group.members.get(userId)?.present === true;
  }

  setMember(group: EntraGroup, userId: string, present: boolean): void {
    group.members.set(userId, { present, changedAt: Date.now() });
  }

  /** The members visible to a read; a recent change may not be visible yet. */
  visibleMembers({ members }: EntraGroup): EntraAccount[] {
    const settled = Date.now() - this.settings.replicationMs;
    return this.users.all.filter(({ id }) => {
      const membership = members.get(id);
      return membership !== undefined && membership.changedAt <= settled === membership.present;
    });
  }
}
