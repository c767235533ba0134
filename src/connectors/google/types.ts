import type { OperationTable } from '../types.ts';

/** A user of Google Workspace (Directory API): the fields that arx reads. */
export interface GoogleUser {
  id: string;
  primaryEmail: string;
  /** Aliases and further addresses. */
  emails: string[];
  suspended: boolean;
  isAdmin: boolean;
}
/** Operations of Google Workspace. `user`: the id (digits) or an address of the account. */
export interface GoogleOperations extends OperationTable {
  'users:read': { input: { user: string }; output: GoogleUser };
  'users:suspend': { input: { user: string }; output: GoogleUser };
  'users:unsuspend': { input: { user: string }; output: GoogleUser };
}
