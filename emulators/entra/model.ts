/** A user of the emulated Entra ID tenant. */
export interface EntraAccount {
  /** Object id, a GUID. */
  id: string;
  userPrincipalName: string;
  mail: string | null;
  displayName: string;
  givenName: string | null;
  surname: string | null;
  jobTitle: string | null;
  mobilePhone: string | null;
  otherMails: string[];
  /** Null: never set. */
  accountEnabled: boolean | null;
  /** Synchronised from an on-premises directory, which is its source. */
  onPremisesSyncEnabled: boolean;
  /** Names of directory roles; a user with any role is an administrator. */
  roles: string[];
  signInSessionsValidFromDateTime: string;
}

/** A user to add; everything except the principal name has a default. */
export type NewEntraAccount = Partial<EntraAccount> & { userPrincipalName: string };

/** Whether a user is a member of a group, and since when. */
interface Membership {
  present: boolean;
  /** Epoch milliseconds; 0 for members from the start. */
  changedAt: number;
}

export interface EntraGroup {
  id: string;
  displayName: string;
  description: string | null;
  members: Map<string, Membership>;
  onPremisesSyncEnabled: boolean;
  /** Directory roles can be assigned to it, so that changes need a stronger permission. */
  isAssignableToRole: boolean;
}

/** A group to add; members are ids or principal names. */
export interface NewEntraGroup {
  id?: string;
  displayName: string;
  description?: string | null;
  members?: readonly string[];
  onPremisesSyncEnabled?: boolean;
  isAssignableToRole?: boolean;
}

/** Settings of the Entra ID emulator that tests and the demo may change while it runs. */
export interface EntraSettings {
  tenantId: string;
  clientId: string;
  clientSecret: string;
  /**
   * Application permissions with administrator consent. Calls that need another permission are
   * refused.
   */
  permissions: readonly string[];
  /** Directory roles of the app. To change administrators, it needs one that may manage them. */
  appRoles: readonly string[];
  /** Lifetime of tokens issued from now on. */
  tokenLifetimeS: number;
  /** Delay with which reads of memberships follow writes. */
  replicationMs: number;
}
