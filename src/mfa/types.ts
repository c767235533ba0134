/** Strength class of a factor; strength.ts gives the basis of each. */
export type FactorClass =
  'phishing_resistant' | 'strong' | 'weak' | 'not_accepted' | 'external' | 'unrecognised';

/**
 * One enrolled factor as the connector returns it: only the fields named here, never a secret,
 * phone number or address.
 */
export interface Factor {
  /**
   * Okta's factorType, for example `token:software:totp`. An unrecognised string is kept unchanged.
   */
  type: string;
  /**
   * Okta's provider, for example `OKTA`, `GOOGLE`, `FIDO`, `DUO`; null if the answer names none.
   */
  provider: string | null;
  /** Okta's status, for example `ACTIVE`; null if the answer names none. */
  status: string | null;
}

/** A factor with its strength class, as shown in reports. */
export interface ClassifiedFactor extends Factor {
  class: FactorClass;
}

/** The verdicts. Every enumerated user has exactly one. */
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

/** Number of users with each verdict; `enumerated` is always the sum of the others. */
export type VerdictCounts = Record<Verdict, number> & { enumerated: number };

/**
 * Share of users covered, 0 to 1. `low` counts unknown users as not covered, `high` as covered.
 * Null if no user counts.
 */
export interface Coverage {
  low: number | null;
  high: number | null;
}

/** How a run ended. */
export type RunStatus = 'complete' | 'incomplete' | 'failed';

/**
 * A paragraph or list of plain text (with links); the connector encodes it as Atlassian Document
 * Format.
 */
export type TextBlock =
  | { type: 'paragraph'; text: string }
  | { type: 'list'; items: readonly string[] }
  | { type: 'link'; text: string; url: string };
