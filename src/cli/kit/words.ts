import type { FactorClass, Verdict } from '../../mfa/types.ts';

/** What a reader sees for each verdict, and what it means; the keys are the wire names. */
export const VERDICT_WORDS: Record<Verdict, { label: string; meaning: string }> = {
  compliant: { label: 'Compliant', meaning: 'at least one active factor of an allowed type' },
  weak_only: { label: 'Weak only', meaning: 'active factors, none of an allowed type' },
  none: { label: 'No factor', meaning: 'no active factor' },
  pending_only: { label: 'Pending only', meaning: 'enrolment begun, nothing active' },
  exempt: { label: 'Exempt', meaning: 'excused by a live exemption' },
  in_grace: { label: 'In grace', meaning: 'younger than the grace period' },
  unknown: { label: 'Unknown', meaning: 'could not be read or not understood; accuses nobody' },
  vanished: { label: 'Vanished', meaning: 'gone between listing and check' },
};

/** The verdicts in the order of every table. */
export const VERDICT_ORDER = Object.keys(VERDICT_WORDS) as Verdict[];

/** The verdicts that call for action. */
export const ACTION_VERDICTS: ReadonlySet<Verdict> = new Set(['weak_only', 'none', 'pending_only']);

/** What a reader sees for each strength class. */
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

/** What a report says of a run whose people were removed. */
export const removalText = (at: string): string =>
  `The people of this run were removed on ${at.slice(0, 10)} for their age (retention.users); its figures are left.`;
