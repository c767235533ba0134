import type { OperationTable } from '../types.ts';

/** A user of Salesforce: the fields that arx reads. */
export interface SalesforceUser {
  /** 18 or 15 characters. */
  id: string;
  username: string;
  email: string | null;
  federationId: string | null;
  active: boolean;
}
/** Operations of Salesforce. */
export interface SalesforceOperations extends OperationTable {
  /**
   * By id (15 or 18 characters) or by exact user name, with SOQL; no user or several users is
   * ConnectorError not_found.
   */
  'users:read': { input: { user: string }; output: SalesforceUser };
  'users:deactivate': { input: { userId: string }; output: null };
  'users:activate': { input: { userId: string }; output: null };
}
