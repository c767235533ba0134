/** What an access key may be used for, and whether it still is valid. */

/** Scopes of access keys. Every route of the HTTP API needs exactly one. */
export const KEY_SCOPES = [
  'events',
  'flows',
  'enrich',
  'approvals:read',
  'approvals:decide',
  'reports',
  'audit',
  'admin',
] as const;

export type KeyScope = (typeof KEY_SCOPES)[number];

/** The scopes of a new key if none are named: never `audit` or `admin`. */
export const DEFAULT_SCOPES: Readonly<Record<'person' | 'service', readonly KeyScope[]>> = {
  person: ['flows', 'enrich', 'approvals:read', 'approvals:decide', 'reports'],
  service: ['events', 'flows', 'enrich', 'approvals:read'],
};

/** Scopes for people only: a service neither decides nor administers. */
export const PERSONAL_SCOPES: ReadonlySet<KeyScope> = new Set(['approvals:decide', 'admin']);

export const isKeyScope = (text: string): text is KeyScope =>
  (KEY_SCOPES as readonly string[]).includes(text);

/** The part of an access key that limits it. Times are ISO 8601 UTC. */
export interface KeyTerms {
  /** Null for a key that was created before keys had scopes: it may do everything. */
  scopes: readonly KeyScope[] | null;
  /** Null for a key that was created before keys expired. */
  expiresAt: string | null;
  revokedAt: string | null;
}

export type KeyState = 'active' | 'expired' | 'revoked';

/** Whether a key is valid at a time. */
export function keyState(
  { revokedAt, expiresAt }: Pick<KeyTerms, 'revokedAt' | 'expiresAt'>,
  now: Date,
): KeyState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= now.getTime() ? 'expired' : 'active';
}

/** Whether a key may be used for what needs a scope. */
export const hasScope = ({ scopes }: Pick<KeyTerms, 'scopes'>, scope: KeyScope): boolean =>
  scopes === null || scopes.includes(scope);

/** Why a key should be replaced: it was created before keys had scopes and an expiry. */
export const isUnlimited = ({
  scopes,
  expiresAt,
}: Pick<KeyTerms, 'scopes' | 'expiresAt'>): boolean => scopes === null || expiresAt === null;
