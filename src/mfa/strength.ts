import { isKeyOf } from './records.ts';
import type { ClassifiedFactor, Factor, FactorClass } from './types.ts';

interface StrengthRow {
  class: Exclude<FactorClass, 'unrecognised'>;
  basis: string;
}

/**
 * Okta's factor types (Management API specification 2026.06.3) with their strength class and its
 * basis. Sections without a document name refer to NIST SP 800-63B-4.
 */
const STRENGTH = {
  webauthn: { class: 'phishing_resistant', basis: '§3.2.5' },
  u2f: { class: 'phishing_resistant', basis: '§3.2.5' },
  signed_nonce: { class: 'phishing_resistant', basis: 'Okta FastPass, §3.2.5' },
  'token:software:totp': { class: 'strong', basis: '§3.1.4' },
  'token:hotp': { class: 'strong', basis: '§3.1.4' },
  'token:hardware': { class: 'strong', basis: '§3.1.4' },
  token: { class: 'strong', basis: '§3.1.4' },
  push: { class: 'strong', basis: '§3.1.4; approve-only push does not meet §3.1.3' },
  sms: { class: 'weak', basis: 'restricted (PSTN), §3.2.9' },
  call: { class: 'weak', basis: 'restricted (PSTN), §3.2.9' },
  email: { class: 'not_accepted', basis: 'not an out-of-band authenticator, §3.1.3.1' },
  question: { class: 'not_accepted', basis: 'a security question is not an authenticator' },
  web: { class: 'external', basis: 'the strength is determined by the other provider (Duo)' },
} as const satisfies Record<string, StrengthRow>;

/** Before the name of a factor type that arx does not know, in `allowed_factor_types`. */
const OTHER = 'other:';

/** The factor type that an entry of `allowed_factor_types` means. */
export const typeOfEntry = (entry: string): string =>
  entry.startsWith(OTHER) ? entry.slice(OTHER.length) : entry;

export type FactorType = keyof typeof STRENGTH;

/** Every known factor type, strongest class first. */
export const FACTOR_TYPES = Object.keys(STRENGTH) as FactorType[];

/** Types of the preset `phishing_resistant` of `allowed_factor_types`. */
export const PHISHING_RESISTANT_TYPES = FACTOR_TYPES.filter(
  (type) => STRENGTH[type].class === 'phishing_resistant',
);

/** Classes from strongest to weakest, used to find a user's strongest class. */
export const CLASSES_BY_STRENGTH: readonly FactorClass[] = [
  'phishing_resistant',
  'strong',
  'external',
  'weak',
  'not_accepted',
  'unrecognised',
];

/** The factor statuses that Okta documents. Any other string is not understood. */
const FACTOR_STATUSES: ReadonlySet<string> = new Set([
  'ACTIVE',
  'DISABLED',
  'ENROLLED',
  'EXPIRED',
  'INACTIVE',
  'NOT_SETUP',
  'PENDING_ACTIVATION',
]);

/** Whether Okta documents this status of a factor. */
export function isKnownStatus(status: string | null): boolean {
  return status !== null && FACTOR_STATUSES.has(status);
}

/** Strength class of a factor type; `unrecognised` for a type that Okta does not document. */
export function classOf(type: string): FactorClass {
  return isKeyOf(STRENGTH, type) ? STRENGTH[type].class : 'unrecognised';
}

/** Adds the class to each factor, and keeps only the fields named here. */
export function classify(factors: readonly Factor[]): ClassifiedFactor[] {
  return factors.map(({ type, provider, status }) => ({
    type,
    provider,
    status,
    class: classOf(type),
  }));
}

const OKTA_VERIFY_TYPES: ReadonlySet<string> = new Set([
  'signed_nonce',
  'push',
  'token:software:totp',
]);

/**
 * Number of ACTIVE authenticators of one user. The rows of one Okta Verify enrolment count once.
 */
export function countAuthenticators(factors: readonly Factor[]): number {
  const active = factors.filter((factor) => factor.status === 'ACTIVE');
  const verify = active.filter(
    (factor) => factor.provider === 'OKTA' && OKTA_VERIFY_TYPES.has(factor.type),
  );
  return active.length - verify.length + (verify.length > 0 ? 1 : 0);
}

/** Strongest class among the ACTIVE factors; null if no factor is ACTIVE. */
export function strongestClass(factors: readonly ClassifiedFactor[]): FactorClass | null {
  const active = new Set(
    factors.filter((factor) => factor.status === 'ACTIVE').map((factor) => factor.class),
  );
  return CLASSES_BY_STRENGTH.find((strength) => active.has(strength)) ?? null;
}
