/** MFA state, strength and coverage of twin users. */

import { mfaState as stateOf } from '../mfa/enrolment.ts';
import { classOf, countAuthenticators, strongestClass } from '../mfa/strength.ts';
import type { FactorClass } from '../mfa/types.ts';
import type { MfaCoverage, MfaState, TwinFactor } from './types.ts';

type Factors = readonly TwinFactor[] | null;

const active = (factors: readonly TwinFactor[]): TwinFactor[] =>
  factors.filter(({ status }) => status === 'ACTIVE');

/** The MFA state; also unknown if the factors could not be read. */
export const mfaState = (factors: Factors): MfaState =>
  factors === null ? 'unknown' : stateOf(factors);

/** Whether an enrolled user has only weak factors; null if the factors could not be read. */
export function weakOnly(factors: Factors): boolean | null {
  if (factors === null) return null;
  if (mfaState(factors) !== 'enrolled') return false;
  return active(factors).every(({ type }) => ['weak', 'not_accepted'].includes(classOf(type)));
}

/** Number of ACTIVE factors that count as MFA; one Okta Verify enrolment counts once. */
export function mfaFactorCount(factors: readonly TwinFactor[]): number {
  return countAuthenticators(factors.filter(({ type }) => classOf(type) !== 'not_accepted'));
}

/** Strongest class among the ACTIVE factors; null if there is none or they could not be read. */
export function strongestOf(factors: Factors): FactorClass | null {
  if (factors === null) return null;
  return strongestClass(factors.map((factor) => ({ ...factor, class: classOf(factor.type) })));
}

/** Types of the ACTIVE factors, without repetition. */
export function activeTypes(factors: readonly TwinFactor[]): string[] {
  return [...new Set(active(factors).map(({ type }) => type))].toSorted();
}

/** Coverage, computed from numbers of ACTIVE users. */
export function coverageFrom({ enrolled, none, unknown }: Record<MfaState, number>): MfaCoverage {
  const judged = enrolled + none;
  return { enrolled, none, unknown, share: judged === 0 ? null : enrolled / judged };
}

/**
 * Coverage as shown in the fact: rounded down to a percentage, `n/a` if no user could be assessed.
 */
export function coverageText({ enrolled, none }: Pick<MfaCoverage, 'enrolled' | 'none'>): string {
  const judged = enrolled + none;
  return judged === 0 ? 'n/a' : `${Math.floor((100 * enrolled) / judged)}%`;
}
