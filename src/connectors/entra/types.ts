import type { OperationTable } from '../types.ts';

/** A user of Entra ID (Microsoft Graph v1.0): the fields that arx reads. */
export interface EntraUser {
  /** Object id, a GUID. */
  id: string;
  userPrincipalName: string | null;
  displayName: string | null;
  mail: string | null;
  /** True if the account is enabled. Null: never set, which does not count as enabled. */
  accountEnabled: boolean | null;
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
  /** By object id or user principal name; any other text is InvalidArgumentError. */
  'users:read': { input: { user: string }; output: EntraUser };
  /**
   * PATCH {accountEnabled: false}. For 403 Authorization_RequestDenied the message names the
   * required directory role.
   */
  'users:disable': { input: OneUser; output: null };
  'users:enable': { input: OneUser; output: null };
  'users:revoke_sessions': { input: OneUser; output: null };
  /**
   * Whether the user is a direct member of the group. Reads the pages of members until the user is
   * found.
   */
  'groups:read': { input: Membership; output: { member: boolean } };
  /** POST members/$ref. `already`: Graph responded 400 "already exist", which is a success. */
  'groups:add_member': { input: Membership; output: { already: boolean } };
  /** 404 (no longer a member) is a success with `already`. */
  'groups:remove_member': { input: Membership; output: { already: boolean } };
}
