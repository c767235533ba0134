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
  accountEnabled: boolean;
  /** Directory roles, by name: whoever holds one is an administrator. */
  roles: string[];
  signInSessionsValidFromDateTime: string;
}

/** A user to add; everything but the principal name has a default. */
export type NewEntraAccount = Partial<EntraAccount> & { userPrincipalName: string };

/** Since when somebody is, or is no more, a member of a group. */
export interface Membership {
  present: boolean;
  /** Epoch milliseconds; 0 for members from the start. */
  changedAt: number;
}

export interface EntraGroup {
  id: string;
  displayName: string;
  description: string | null;
  members: Map<string, Membership>;
}

/** A group to add; members are ids or principal names. */
export interface NewEntraGroup {
  id?: string;
  displayName: string;
  description?: string | null;
  members?: readonly string[];
}

/** What tests and the demo may turn at the Entra ID emulator while it runs. */
export interface EntraSettings {
  tenantId: string;
  clientId: string;
  clientSecret: string;
  /**
   * Application permissions with the consent of an administrator; what needs another one is
   * refused.
   */
  permissions: readonly string[];
  /** Directory roles of the app: accounts of administrators need one that may manage them. */
  appRoles: readonly string[];
  /** How long a token issued from now on is good for. */
  tokenLifetimeS: number;
  /** How long reads of memberships lag behind writes. */
  replicationMs: number;
}
