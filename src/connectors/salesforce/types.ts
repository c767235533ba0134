import type { OperationTable } from '../types.ts';

/** A user of Salesforce: the fields that arx reads. */
export interface SalesforceUser {
  /** 18 or 15 characters. */
  id: string;
  username: string;
  name: string | null;
  email: string | null;
  federationId: string | null;
  active: boolean;
}
/** What keeps a user of Salesforce from signing in, beside deactivation. */
export interface SalesforceLogin {
  /** Frozen by an administrator. */
  frozen: boolean;
  /** Locked out after failed sign-ins. */
  locked: boolean;
}
/** Operations of Salesforce. */
export interface SalesforceOperations extends OperationTable {
  /**
   * By id (15 or 18 characters) or by exact user name, with SOQL; no user or several users is
   * ConnectorError not_found.
   */
  'users:read': { input: { user: string }; output: SalesforceUser };
  /** Needs the permission Manage Users; no record is ConnectorError not_found. */
  'users:read_login': { input: { userId: string }; output: SalesforceLogin };
  'users:deactivate': { input: { userId: string }; output: null };
  'users:activate': { input: { userId: string }; output: null };
}
