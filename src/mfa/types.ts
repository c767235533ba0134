/** Strength class of a factor; the grounds are in strength.ts. */
export type FactorClass =
  'phishing_resistant' | 'strong' | 'weak' | 'not_accepted' | 'external' | 'unrecognised';

/**
 * One enrolled factor as the connector hands it over: listed fields only, never a secret, phone
 * number or address.
 */
export interface Factor {
  /**
   * Okta's factorType, for example `token:software:totp`; a string that is not known is kept as it
   * came.
   */
  type: string;
  /**
   * Okta's provider, for example `OKTA`, `GOOGLE`, `FIDO`, `DUO`; null where the answer names none.
   */
  provider: string | null;
  /** Okta's status, for example `ACTIVE`; null where the answer names none. */
  status: string | null;
}

/** A factor with its strength class, as it stands in reports. */
export interface ClassifiedFactor extends Factor {
  class: FactorClass;
}

/** The verdicts, one for every enumerated user. */
export const VERDICTS = [
  'compliant',
  'weak_only',
  'none',
  'pending_only',
  'exempt',
  'in_grace',
  'unknown',
  'vanished',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The verdicts that open a ticket. */
export const NON_COMPLIANT = [
  'weak_only',
  'none',
  'pending_only',
] as const satisfies readonly Verdict[];

/** How many users got each verdict; `enumerated` is always the sum of the others. */
export type VerdictCounts = Record<Verdict, number> & { enumerated: number };

/**
 * Share of users covered, 0 to 1: `low` counts unknown users as not covered, `high` as covered;
 * null when nobody counts.
 */
export interface Coverage {
  low: number | null;
  high: number | null;
}
