import { classOf, isKnownStatus } from './strength.ts';
import type { Factor } from './types.ts';

/**
 * Whether a user with these factors has MFA. The state is unknown if an ACTIVE factor has a type
 * that Okta does not document, or if no other factor counts and one has a status that Okta does not
 * document.
 */
export function mfaState(factors: readonly Factor[]): 'enrolled' | 'none' | 'unknown' {
  const classes = factors
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ type }) => classOf(type));
  if (classes.includes('unrecognised')) return 'unknown';
  if (classes.some((strength) => strength !== 'not_accepted')) return 'enrolled';
  const unclear = factors.some(
    ({ type, status }) => !isKnownStatus(status) && classOf(type) !== 'not_accepted',
  );
  return unclear ? 'unknown' : 'none';
}
