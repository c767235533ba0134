import type { OperationTable } from '../types.ts';

/** A user of Google Workspace (Directory API): the fields that arx reads. */
export interface GoogleUser {
  id: string;
  primaryEmail: string;
  fullName: string | null;
  /** Aliases and other e-mail addresses. */
  emails: string[];
  suspended: boolean;
  isAdmin: boolean;
}
/**
 * Operations of Google Workspace. `user` is the id (digits) or an e-mail address of the account.
 */
export interface GoogleOperations extends OperationTable {
  'users:read': { input: { user: string }; output: GoogleUser };
  'users:suspend': { input: { user: string }; output: GoogleUser };
  'users:unsuspend': { input: { user: string }; output: GoogleUser };
}
