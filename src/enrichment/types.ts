/** What stands for an account in an alert, made fit for looking it up. */
export interface Indicator {
  /** Without a domain in front and in small letters: what matching and caching go by. */
  name: string;
  /** As it was written, without a domain in front; Okta's ids tell capital from small letters. */
  exact: string;
  isEmail: boolean;
  /** Could be an Okta id. */
  isId: boolean;
}

/** Verdicts in ascending order. */
export const VERDICTS = ['Pending', 'Benign', 'Suspicious', 'Malicious'] as const;
export type MaliceVerdict = (typeof VERDICTS)[number];

/** An account that an ambiguous name may mean. */
export interface Candidate {
  id: string;
  login: string;
}

/** Why a field is null: the call that was to fill it, and how that failed. */
export interface FieldError {
  field: string;
  /** Such as `users:read_factors`. */
  call: string;
  /** `forbidden`, `rate_limited`, `default_deny`, … */
  code: string;
  /** HTTP status; null where no answer came. */
  status: number | null;
}

/** What an account did of late, by the System Log. */
export interface RecentActivity {
  /** How far back was looked. */
  hours: number;
  failed_sign_ins: number;
  countries: string[];
  /** Addresses of proxies that it came through. */
  proxies: string[];
}

/**
 * What is told of an account. Whatever could not be read is null, and `errors` says why. Times are
 * ISO 8601.
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
  /** Null also where factors are not understood: then `mfa_state` is `unknown`. */
  mfa_enrolled: boolean | null;
  mfa_state: 'enrolled' | 'none' | 'unknown' | null;
  /** Short names of the ACTIVE factors; beside them Okta's own words. */
  mfa_factors: string[] | null;
  mfa_factor_types: string[] | null;
  is_admin: boolean | null;
  /** Types of administrator roles; the label of a custom one. */
  roles: string[] | null;
  recent_activity: RecentActivity | null;
}

/**
 * What one provider says of an account, as it is kept. `found` is null where that could not be
 * found out.
 */
export interface Enriched {
  found: boolean | null;
  ambiguous: boolean;
  candidates: Candidate[];
  extracted: Extracted | null;
  /** Whether it was found out which account is meant, or that there is none. */
  success: boolean;
  enriched_at: string;
  errors: FieldError[];
}

/** What one provider says of an account, as it is handed out. */
export interface ProviderAnswer extends Enriched {
  verdict: MaliceVerdict | null;
  cached: boolean;
  age_seconds: number;
}

/** An account with what each provider says of it; `indicator` as it was asked for. */
export interface EnrichedAccount {
  indicator: string;
  okta: ProviderAnswer;
}
