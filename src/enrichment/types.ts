/** An account name from an alert, prepared for the lookup. */
export interface Indicator {
  /** Without a domain prefix and in lower case; used for matching and caching. */
  name: string;
  /** As written, without a domain prefix. Okta's ids are case-sensitive. */
  exact: string;
  isEmail: boolean;
  /** Could be an Okta id. */
  isId: boolean;
}

/** Verdicts in ascending order. */
export const VERDICTS = ['Pending', 'Benign', 'Suspicious', 'Malicious'] as const;
export type MaliceVerdict = (typeof VERDICTS)[number];

/** One of the accounts that an ambiguous name may mean. */
export interface Candidate {
  id: string;
  login: string;
}

/** Why a field is null: the call that should have provided it, and how it failed. */
export interface FieldError {
  field: string;
  /** Such as `users:read_factors`. */
  call: string;
  /** `forbidden`, `rate_limited`, `default_deny`, … */
  code: string;
  /** HTTP status; null if no answer arrived. */
  status: number | null;
}

/** What an account did recently, according to the System Log. */
export interface RecentActivity {
  /** How far back the log was read. */
  hours: number;
  failed_sign_ins: number;
  countries: string[];
  /** Addresses of the proxies that the account used. */
  proxies: string[];
  /** Number of entries that could not be read; what they say is missing above. */
  unreadable_entries: number;
}

/**
 * The result for an account. A field that could not be read is null, and `errors` says why. Times
 * are ISO 8601.
 */
export interface Extracted {
  user_id: string;
  login: string;
  email: string | null;
  status: string;
  created: string | null;
  last_login: string | null;
  department: string | null;
  title: string | null;
  manager: string | null;
  /** Names of all groups. */
  groups: string[] | null;
  /** Also null if factors are not understood; `mfa_state` is then `unknown`. */
  mfa_enrolled: boolean | null;
  mfa_state: 'enrolled' | 'none' | 'unknown' | null;
  /** Short names of the ACTIVE factors; `mfa_factor_types` has Okta's own names. */
  mfa_factors: string[] | null;
  mfa_factor_types: string[] | null;
  is_admin: boolean | null;
  /** Types of administrator roles; for a custom role, its label. */
  roles: string[] | null;
  recent_activity: RecentActivity | null;
}

/**
 * What one provider reports about an account, as stored. `found` is null if it could not be
 * determined.
 */
export interface Enriched {
  found: boolean | null;
  ambiguous: boolean;
  candidates: Candidate[];
  extracted: Extracted | null;
  /** Whether it is known which account is meant, or that there is none. */
  success: boolean;
  enriched_at: string;
  errors: FieldError[];
}

/** Why an account was not looked up, or could not be. */
export interface AccountError {
  /**
   * `not_an_okta_account`: the name is that of a system account, a computer or the like, is empty or
   * too long. `invalid_argument`: the text cannot be a name. Otherwise the code of the failed call.
   */
  code: string;
  message: string;
  /** What to do about it. */
  remedy: string;
}

/** What one provider reports about an account, as returned to the caller. */
export interface ProviderAnswer extends Enriched {
  /** Null if `success` is true. */
  error: AccountError | null;
  verdict: MaliceVerdict | null;
  cached: boolean;
  age_seconds: number;
}

/** An account with the answer of each provider. `indicator` is the name as requested. */
export interface EnrichedAccount {
  indicator: string;
  okta: ProviderAnswer;
}
