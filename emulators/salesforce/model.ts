/** A user of the emulated Salesforce organisation. */
export interface SalesforceAccount {
  /** 18 characters. */
  id: string;
  username: string;
  email: string;
  federationId: string | null;
  name: string;
  active: boolean;
  mobilePhone: string | null;
  /** Frozen by an administrator; the user stays active. */
  frozen: boolean;
  /** Locked out after failed sign-ins. */
  locked: boolean;
  /** Why Salesforce refuses to deactivate this user; null if it does not. */
  needed: { errorCode: string; message: string } | null;
}

/** A user to add; everything except the user name has a default. */
export type NewSalesforceAccount = Partial<SalesforceAccount> & { username: string };

/** Settings of the Salesforce emulator that tests and the demo may change while it runs. */
export interface SalesforceSettings {
  clientId: string;
  clientSecret: string;
  /** Lifetime of tokens issued from now on; Salesforce's answer does not state it. */
  tokenLifetimeS: number;
  /** The API address in the token answer; null for the address of the request. */
  instanceUrl: string | null;
  /** Maximum number of active users; null for any number. */
  licences: number | null;
}
