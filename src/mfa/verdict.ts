import { classify, isKnownStatus } from './strength.ts';
import type { ClassifiedFactor, Factor, Verdict } from './types.ts';

/** What reading a user's factors gave. */
export type FactorReading =
  | { kind: 'read'; factors: readonly Factor[] }
  | { kind: 'vanished'; reason: string }
  | { kind: 'unreadable'; reason: string };

/** Everything a verdict depends on; facts about time and exemptions are settled by the caller. */
export interface VerdictInput {
  reading: FactorReading;
  allowed: ReadonlySet<string>;
  /** Why a live exemption covers the user; null where none does. */
  exemption: string | null;
  inGrace: boolean;
}

/** A verdict with its evidence and a reason fit for a report. */
export interface VerdictOutcome {
  verdict: Verdict;
  reason: string;
  factors: ClassifiedFactor[];
}

/**
 * Gives the one verdict of a user, in the order of precedence of the specification. Total: any
 * input has one.
 */
export function verdictOf(input: VerdictInput): VerdictOutcome {
  const { reading } = input;
  if (reading.kind === 'vanished')
    return { verdict: 'vanished', reason: reading.reason, factors: [] };
  if (reading.kind === 'unreadable')
    return { verdict: 'unknown', reason: reading.reason, factors: [] };
  const factors = classify(reading.factors);
  return { ...judge(factors, input), factors };
}

type Judgement = Omit<VerdictOutcome, 'factors'>;

function judge(
  factors: readonly ClassifiedFactor[],
  { allowed, exemption, inGrace }: VerdictInput,
): Judgement {
  const active = factors.filter((factor) => factor.status === 'ACTIVE');
  const covering = active.filter((factor) => allowed.has(factor.type));
  if (covering.length > 0) return { verdict: 'compliant', reason: `ACTIVE: ${typesOf(covering)}` };
  if (exemption !== null) return { verdict: 'exempt', reason: exemption };
  if (inGrace) return { verdict: 'in_grace', reason: 'younger than the grace period' };
  const riddle = notUnderstood(factors, allowed);
  if (riddle) return { verdict: 'unknown', reason: riddle };
  if (active.length > 0)
    return {
      verdict: 'weak_only',
      reason: `only factors that are not allowed: ${typesOf(active)}`,
    };
  const begun = factors.filter(
    (factor) => factor.status === 'PENDING_ACTIVATION' || factor.status === 'NOT_SETUP',
  );
  if (begun.length > 0)
    return { verdict: 'pending_only', reason: `enrolment begun, not finished: ${typesOf(begun)}` };
  return {
    verdict: 'none',
    reason: factors.length > 0 ? 'no ACTIVE factor' : 'no factor enrolled',
  };
}

/**
 * A factor that we do not understand accuses nobody: says which one, or null where all are
 * understood.
 */
function notUnderstood(
  factors: readonly ClassifiedFactor[],
  allowed: ReadonlySet<string>,
): string | null {
  for (const { type, status, class: strength } of factors) {
    const strange = strength === 'unrecognised';
    if (strange && status === 'ACTIVE')
      return `factor of an unrecognised type is ACTIVE: ${plain(type)}`;
    if (allowed.has(type) && status === 'ENROLLED')
      return `status ENROLLED of ${type} is not documented by Okta`;
    if ((strange || allowed.has(type)) && !isKnownStatus(status)) {
      return `status of ${plain(type)} is not recognised: ${plain(status ?? 'none')}`;
    }
  }
  return null;
}

function typesOf(factors: readonly ClassifiedFactor[]): string {
  return [...new Set(factors.map((factor) => plain(factor.type)))].toSorted().join(', ');
}

/** Strings of the vendor are quoted in reasons only as far as they look like a type or status. */
function plain(text: string): string {
  return /^[\w:.-]{1,40}$/.test(text) ? text : 'a value that is not a plain word';
}
