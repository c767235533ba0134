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
  /** Why Salesforce refuses to deactivate this user; null where it does not. */
  needed: { errorCode: string; message: string } | null;
}

/** A user to add; everything but the user name has a default. */
export type NewSalesforceAccount = Partial<SalesforceAccount> & { username: string };

/** What tests and the demo may turn at the Salesforce emulator while it runs. */
export interface SalesforceSettings {
  clientId: string;
  clientSecret: string;
  /** How long a token issued from now on is good for; Salesforce does not say. */
  tokenLifetimeS: number;
  /** Where the token answer says that the API is; null for the address that was asked. */
  instanceUrl: string | null;
  /** Users that may be active at once; null for any number. */
  licences: number | null;
}
