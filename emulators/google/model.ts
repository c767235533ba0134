/** A user of the emulated Google Workspace. */
export interface GoogleAccount {
  /** 21 digits. */
  id: string;
  primaryEmail: string;
  aliases: string[];
  givenName: string;
  familyName: string;
  suspended: boolean;
  /** Super administrator. */
  isAdmin: boolean;
  isDelegatedAdmin: boolean;
  /** Deleted, but still known: reads find it, changes do not. */
  deleted: boolean;
  recoveryPhone: string | null;
  recoveryEmail: string | null;
  /** ISO 8601. */
  creationTime: string;
  lastLoginTime: string;
}

/** A user to add; everything except the address has a default. */
export type NewGoogleAccount = Partial<GoogleAccount> & { primaryEmail: string };

/** Settings of the Google emulator that tests and the demo may change while it runs. */
export interface GoogleSettings {
  /** The administrator for whom the service account acts. */
  adminSubject: string;
  /** Scopes that the domain has delegated to the service account. */
  scopes: readonly string[];
  /** The subject must not change accounts of super administrators. */
  protectAdministrators: boolean;
  /** Lifetime of tokens issued from now on. */
  tokenLifetimeS: number;
}

/** The service account as known to Google; its private key is only in the file. */
export interface ServiceAccount {
  clientEmail: string;
  /** PEM. */
  publicKey: string;
}
