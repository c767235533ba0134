import { classOf, isKnownStatus } from './strength.ts';
import type { Factor } from './types.ts';

/**
 * Whether somebody has MFA by these factors: enrolled, none or unknown. An ACTIVE factor of a type
 * that Okta does not document makes it unknown, and so does a status that Okta does not document
 * where nothing else counts.
 */
export function mfaState(factors: readonly Factor[]): 'enrolled' | 'none' | 'unknown' {
  const classes = factors
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ type }) => classOf(type));
  if (classes.includes('unrecognised')) return 'unknown';
  if (classes.some((strength) => strength !== 'not_accepted')) return 'enrolled';
  const riddle = factors.some(
    ({ type, status }) => !isKnownStatus(status) && classOf(type) !== 'not_accepted',
  );
  return riddle ? 'unknown' : 'none';
}
