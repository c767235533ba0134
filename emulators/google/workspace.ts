import { AccountTable } from '../accounts.ts';
import { googleId } from '../ids.ts';
import { TokenStore } from '../tokens.ts';
import type { GoogleAccount, GoogleSettings, NewGoogleAccount, ServiceAccount } from './model.ts';

/** The grant of a token. */
export interface GoogleGrant {
  /** Null if the service account acts for itself; it has no account in the domain. */
  subject: string | null;
  scopes: readonly string[];
}

/** The state of one emulated Google Workspace. */
export class GoogleWorkspace {
  readonly settings: GoogleSettings;
  readonly seed: number;
  readonly users = new AccountTable<GoogleAccount>(({ primaryEmail, aliases }) => [
    primaryEmail,
    ...aliases,
  ]);
  readonly tokens = new TokenStore<GoogleGrant>();
  /** Null until its key is generated. */
  serviceAccount: ServiceAccount | null = null;
  #made = 0;

  constructor(settings: GoogleSettings, seed: number) {
    this.settings = settings;
    this.seed = seed;
    this.#addSubject();
  }

  addUser(wanted: NewGoogleAccount): GoogleAccount {
    const id = googleId(this.#made, this.seed);
    this.#made += 1;
    return this.users.add({
      id,
      aliases: [],
      givenName: wanted.primaryEmail.split('@')[0] ?? id,
      familyName: 'Account',
      suspended: false,
      deleted: false,
      isAdmin: false,
      isDelegatedAdmin: false,
      recoveryPhone: null,
      recoveryEmail: null,
      creationTime: '2024-03-04T09:00:00.000Z',
      lastLoginTime: '2026-01-12T09:00:00.000Z',
      ...wanted,
    });
  }

  /** Removes all users except the administrator for whom the service account acts. */
  clearUsers(): void {
    this.users.clear();
    this.#addSubject();
  }

  #addSubject(): void {
    const primaryEmail = this.settings.adminSubject;
    this.addUser({
      primaryEmail,
      givenName: 'Workspace',
      familyName: 'Administrator',
      isAdmin: true,
    });
  }
}
