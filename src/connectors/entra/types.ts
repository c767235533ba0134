import type { OperationTable } from '../types.ts';

/** A user of Entra ID (Microsoft Graph v1.0): the fields that arx reads. */
export interface EntraUser {
  /** Object id, a GUID. */
  id: string;
  userPrincipalName: string | null;
  mail: string | null;
  accountEnabled: boolean;
}
interface OneUser {
  /** Object id. */
  userId: string;
}
interface Membership {
  groupId: string;
  userId: string;
}

/** Operations of Entra ID. A missing user or group is ConnectorError not_found. */
export interface EntraOperations extends OperationTable {
  /**
   * By object id or by user principal name; what does not look like either is InvalidArgumentError.
   */
  'users:read': { input: { user: string }; output: EntraUser };
  /**
   * PATCH {accountEnabled: false}. 403 Authorization_RequestDenied: the message names the directory
   * role that is needed.
   */
  'users:disable': { input: OneUser; output: null };
  'users:enable': { input: OneUser; output: null };
  'users:revoke_sessions': { input: OneUser; output: null };
  /**
   * Whether the user is a direct member of the group: the members are paged through until found.
   */
  'groups:read': { input: Membership; output: { member: boolean } };
  /** POST members/$ref. `already`: Graph said 400 "already exist", which is success. */
  'groups:add_member': { input: Membership; output: { already: boolean } };
  /** 404 (no such member any more) is success with `already`. */
  'groups:remove_member': { input: Membership; output: { already: boolean } };
}
