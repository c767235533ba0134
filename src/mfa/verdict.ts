import { classify, isKnownStatus } from './strength.ts';
import type { ClassifiedFactor, Factor, Verdict } from './types.ts';

/** Status of a listed user whose row could not be read; Okta has no such status. */
export const UNREADABLE_ROW = 'UNREADABLE_ROW';

/** The result of reading a user's factors. */
export type FactorReading =
  | { kind: 'read'; factors: readonly Factor[] }
  | { kind: 'vanished'; reason: string }
  | { kind: 'unreadable'; reason: string };

/**
 * Everything that a verdict depends on. The caller has already decided what depends on the time or
 * on exemptions.
 */
interface VerdictInput {
  reading: FactorReading;
  allowed: ReadonlySet<string>;
  /** The reason of a valid exemption that covers the user; null if there is none. */
  exemption: string | null;
  /** Why the user is within the grace period; null if the user is not. */
  grace: string | null;
  /** Why it is not known whether the user is exempt; null or absent if it is known. */
  doubt?: string | null;
}

/** A verdict with its evidence and a reason that can be shown in a report. */
export interface VerdictOutcome {
  verdict: Verdict;
  reason: string;
  factors: ClassifiedFactor[];
}

/**
 * Returns the user's verdict, in the order of precedence of the specification. Every input has
 * exactly one verdict.
 */
export function verdictOf(input: VerdictInput): VerdictOutcome {
  const { reading } = input;
  if (reading.kind === 'vanished')
    return { verdict: 'vanished', reason: reading.reason, factors: [] };
  if (reading.kind === 'unreadable')
    return { verdict: 'unknown', reason: reading.reason, factors: [] };
  const factors = classify(reading.factors);
  return { ...judgeFactors(factors, input), factors };
}

type Judgement = Omit<VerdictOutcome, 'factors'>;

function judgeFactors(
  factors: readonly ClassifiedFactor[],
  { allowed, exemption, grace, doubt = null }: VerdictInput,
): Judgement {
  const active = factors.filter((factor) => factor.status === 'ACTIVE');
  const covering = active.filter((factor) => allowed.has(factor.type));
  if (covering.length > 0) return { verdict: 'compliant', reason: `ACTIVE: ${typesOf(covering)}` };
  if (exemption !== null) return { verdict: 'exempt', reason: exemption };
  if (grace !== null) return { verdict: 'in_grace', reason: grace };
  const problem = factorProblem(factors, allowed);
  if (problem) return { verdict: 'unknown', reason: problem };
  if (doubt !== null) return { verdict: 'unknown', reason: doubt };
  if (active.length > 0)
    return {
      verdict: 'weak_only',
      reason: `ACTIVE factors of types that are not allowed: ${typesOf(active)}`,
    };
  const unfinished = factors.filter(
    (factor) => factor.status === 'PENDING_ACTIVATION' || factor.status === 'NOT_SETUP',
  );
  if (unfinished.length > 0)
    return {
      verdict: 'pending_only',
      reason: `enrolment started but not finished: ${typesOf(unfinished)}`,
    };
  return {
    verdict: 'none',
    reason: factors.length > 0 ? 'no ACTIVE factor' : 'no factor enrolled',
  };
}

/**
 * Describes the first factor that arx does not understand, or returns null. Such a factor must not
 * lead to a ticket.
 */
function factorProblem(
  factors: readonly ClassifiedFactor[],
  allowed: ReadonlySet<string>,
): string | null {
  for (const { type, status, class: strength } of factors) {
    const unrecognised = strength === 'unrecognised';
    if (unrecognised && status === 'ACTIVE')
      return `an ACTIVE factor has an unrecognised type: ${plain(type)}`;
    if (allowed.has(type) && status === 'ENROLLED')
      return `Okta does not document the status ENROLLED of ${type}`;
    if ((unrecognised || allowed.has(type)) && !isKnownStatus(status)) {
      return `the status of ${plain(type)} is not recognised: ${plain(status ?? 'none')}`;
    }
  }
  return null;
}

function typesOf(factors: readonly ClassifiedFactor[]): string {
  return [...new Set(factors.map((factor) => plain(factor.type)))].toSorted().join(', ');
}

/** A reason quotes the vendor's strings only if they look like a type or a status. */
function plain(text: string): string {
  return /^[\w:.-]{1,40}$/.test(text) ? text : 'a value that is not shown';
}
