/** Okta's factor types (Management API specification 2026.06.3). */
export const FACTOR_TYPE_NAMES = [
  'call',
  'email',
  'push',
  'question',
  'signed_nonce',
  'sms',
  'token',
  'token:hardware',
  'token:hotp',
  'token:software:totp',
  'u2f',
  'web',
  'webauthn',
] as const;

/** Factors of other identity providers; Okta does not document them as factor types. */
export const PROVIDER_TYPES = ['claims_provider', 'smart_card_idp'] as const;

/** Okta statuses of users who can sign in. */
export const STATUSES = ['ACTIVE', 'LOCKED_OUT', 'PASSWORD_EXPIRED', 'RECOVERY'] as const;

/** Temporal's schedule overlap policies. */
export const OVERLAPS = [
  'skip',
  'buffer_one',
  'buffer_all',
  'cancel_other',
  'terminate_other',
  'allow_all',
] as const;

export const DAY_NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
export const MONTH_NAMES = [
  'JAN',
  'FEB',
  'MAR',
  'APR',
  'MAY',
  'JUN',
  'JUL',
  'AUG',
  'SEP',
  'OCT',
  'NOV',
  'DEC',
] as const;

/** Risk levels as written in files, lowest first. */
export const RISK_WORDS = ['low', 'medium', 'high', 'critical'] as const;
