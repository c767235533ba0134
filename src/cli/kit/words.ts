/** Labels and order of verdicts and factor classes. */

import type { FactorClass, Verdict } from '../../mfa/types.ts';

/** Label and meaning of each verdict; the keys are the names on the wire. */
export const VERDICT_WORDS: Record<Verdict, { label: string; meaning: string }> = {
  compliant: { label: 'Compliant', meaning: 'at least one active factor of an allowed type' },
  weak_only: { label: 'Weak only', meaning: 'active factors, none of an allowed type' },
  none: { label: 'No factor', meaning: 'no active factor' },
  pending_only: { label: 'Pending only', meaning: 'enrolment started, no active factor' },
  exempt: { label: 'Exempt', meaning: 'covered by a valid exemption' },
  in_grace: { label: 'In grace', meaning: 'younger than the grace period' },
  unknown: { label: 'Unknown', meaning: 'could not be read or understood; not a finding' },
  vanished: { label: 'Vanished', meaning: 'disappeared between listing and check' },
};

/** The verdicts in the order of every table. */
export const VERDICT_ORDER = Object.keys(VERDICT_WORDS) as Verdict[];

/** The verdicts that need action. */
export const ACTION_VERDICTS: ReadonlySet<Verdict> = new Set(['weak_only', 'none', 'pending_only']);

/** Label and examples of each strength class. */
export const CLASS_WORDS: Record<FactorClass, { label: string; examples: string }> = {
  phishing_resistant: {
    label: 'Phishing-resistant',
    examples: 'WebAuthn, FIDO U2F, Okta FastPass',
  },
  strong: { label: 'Strong', examples: 'TOTP, hardware token, push' },
  weak: { label: 'Weak', examples: 'SMS, voice call' },
  not_accepted: { label: 'Not accepted', examples: 'e-mail, security question' },
  external: { label: 'External', examples: 'Duo and other outside providers' },
  unrecognised: { label: 'Unrecognised', examples: 'types arx does not know' },
};
export const CLASS_ORDER = Object.keys(CLASS_WORDS) as FactorClass[];

/** A code of a vendor as words: `PASSWORD_EXPIRED` → `password expired`. */
export const wordsOf = (code: string): string =>
  /^[A-Z0-9_]+$/.test(code) ? code.toLowerCase().replaceAll('_', ' ') : code;

/** The note in a report whose personal data was removed. */
export const removalText = (at: string): string =>
  `The users of this run were removed on ${at.slice(0, 10)}, past their retention period (retention.users). Its figures remain.`;
