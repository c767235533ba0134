import type { FactorSpec } from '../okta/model.ts';

/** A combination of factors in the demo organisation. */
export interface Enrolment {
  name: string;
  /** Share of the organisation, per thousand. */
  share: number;
  factors: readonly FactorSpec[];
}

const EMAIL: FactorSpec = { type: 'email' };
const SMS: FactorSpec = { type: 'sms' };
const VERIFY: readonly FactorSpec[] = [
  { type: 'signed_nonce' },
  { type: 'push' },
  { type: 'token:software:totp' },
];

/** Enrolments with at least one ACTIVE factor that the default policy allows. */
export const COVERED: readonly Enrolment[] = [
  { name: 'okta-verify', share: 400, factors: [...VERIFY, EMAIL] },
  { name: 'fastpass-only', share: 120, factors: [{ type: 'signed_nonce' }, EMAIL] },
  { name: 'security-key', share: 130, factors: [{ type: 'webauthn' }, EMAIL] },
  { name: 'key-and-verify', share: 60, factors: [{ type: 'webauthn' }, ...VERIFY] },
  {
    name: 'push-and-sms',
    share: 90,
    factors: [{ type: 'push' }, { type: 'token:software:totp' }, SMS],
  },
  {
    name: 'authenticator-app',
    share: 60,
    factors: [{ type: 'token:software:totp', provider: 'GOOGLE' }, EMAIL],
  },
  { name: 'hardware-token', share: 15, factors: [{ type: 'token:hardware' }, EMAIL] },
  { name: 'legacy-u2f', share: 10, factors: [{ type: 'u2f' }, SMS] },
  { name: 'hotp', share: 5, factors: [{ type: 'token:hotp' }] },
];

/** Enrolments that the default policy does not accept. */
export const LACKING: readonly Enrolment[] = [
  { name: 'sms-only', share: 38, factors: [SMS, EMAIL] },
  { name: 'sms-and-call', share: 10, factors: [SMS, { type: 'call' }] },
  { name: 'email-only', share: 18, factors: [EMAIL] },
  { name: 'question-only', share: 10, factors: [{ type: 'question' }, EMAIL] },
  { name: 'duo', share: 8, factors: [{ type: 'web' }] },
  {
    name: 'pending-totp',
    share: 8,
    factors: [{ type: 'token:software:totp', status: 'PENDING_ACTIVATION' }],
  },
  { name: 'pending-push', share: 6, factors: [{ type: 'push', status: 'PENDING_ACTIVATION' }] },
  { name: 'lost-key', share: 4, factors: [{ type: 'webauthn', status: 'INACTIVE' }, SMS] },
  { name: 'nothing', share: 8, factors: [] },
];

const STRONG_TYPES: readonly string[] = [
  'webauthn',
  'u2f',
  'signed_nonce',
  'token:software:totp',
  'token:hotp',
  'token:hardware',
  'token',
  'push',
];

/**
 * Whether the default policy accepts these factors; used to choose the users who change in a week.
 */
export function covers(factors: readonly FactorSpec[]): boolean {
  return factors.some(
    ({ type, status = 'ACTIVE' }) => status === 'ACTIVE' && STRONG_TYPES.includes(type),
  );
}
