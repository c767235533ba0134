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
  recoveryPhone: string | null;
  recoveryEmail: string | null;
  /** ISO 8601. */
  creationTime: string;
  lastLoginTime: string;
}

/** A user to add; everything but the address has a default. */
export type NewGoogleAccount = Partial<GoogleAccount> & { primaryEmail: string };

/** What tests and the demo may turn at the Google emulator while it runs. */
export interface GoogleSettings {
  /** Whom the service account acts for: an administrator with an account. */
  adminSubject: string;
  /** Scopes that the domain lets the service account have. */
  scopes: readonly string[];
  /** The subject may not change accounts of super administrators. */
  protectAdministrators: boolean;
  /** How long a token issued from now on is good for. */
  tokenLifetimeS: number;
}

/** The service account as Google knows it; its private key is in the file alone. */
export interface ServiceAccount {
  clientEmail: string;
  /** PEM. */
  publicKey: string;
}
