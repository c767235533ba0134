import { mfaState as stateOf } from '../mfa/enrolment.ts';
import { classOf, countAuthenticators, strongestClass } from '../mfa/strength.ts';
import type { FactorClass } from '../mfa/types.ts';
import type { MfaCoverage, MfaState, TwinFactor } from './types.ts';

type Factors = readonly TwinFactor[] | null;

const active = (factors: readonly TwinFactor[]): TwinFactor[] =>
  factors.filter(({ status }) => status === 'ACTIVE');

/** Enrolled, none or unknown; also unknown where factors could not be read. */
export const mfaState = (factors: Factors): MfaState =>
  factors === null ? 'unknown' : stateOf(factors);

/** Whether somebody enrolled has nothing but weak factors; null where factors could not be read. */
export function weakOnly(factors: Factors): boolean | null {
  if (factors === null) return null;
  if (mfaState(factors) !== 'enrolled') return false;
  return active(factors).every(({ type }) => ['weak', 'not_accepted'].includes(classOf(type)));
}

/** ACTIVE factors that count as MFA, each Okta Verify enrolment once. */
export function mfaFactorCount(factors: readonly TwinFactor[]): number {
  return countAuthenticators(factors.filter(({ type }) => classOf(type) !== 'not_accepted'));
}

/** Strongest class among the ACTIVE factors; null where there is none or they could not be read. */
export function strongestOf(factors: Factors): FactorClass | null {
  if (factors === null) return null;
  return strongestClass(factors.map((factor) => ({ ...factor, class: classOf(factor.type) })));
}

/** Types of the ACTIVE factors, each once. */
export function activeTypes(factors: readonly TwinFactor[]): string[] {
  return [...new Set(active(factors).map(({ type }) => type))].toSorted();
}

/** Coverage from numbers of ACTIVE users. */
export function coverageFrom({ enrolled, none, unknown }: Record<MfaState, number>): MfaCoverage {
  const judged = enrolled + none;
  return { enrolled, none, unknown, share: judged === 0 ? null : enrolled / judged };
}

/** Coverage as the fact shows it: floored to a per cent, `n/a` where nobody could be judged. */
export function coverageText({ enrolled, none }: Pick<MfaCoverage, 'enrolled' | 'none'>): string {
  const judged = enrolled + none;
  return judged === 0 ? 'n/a' : `${Math.floor((100 * enrolled) / judged)}%`;
}
