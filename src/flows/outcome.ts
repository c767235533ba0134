import type { FlowOutcome } from './types.ts';

/** Every outcome, best first. */
export const OUTCOMES = [
  'planned',
  'already_in_state',
  'succeeded',
  'unrouted',
  'manual',
  'expired',
  'rejected',
  'stale',
  'denied',
  'unverified',
  'failed',
] as const satisfies readonly FlowOutcome[];

/**
 * The worst of the outcomes of a person's accounts; failed where there is none, for then nothing
 * was done.
 */
export function worstOf(outcomes: readonly FlowOutcome[]): FlowOutcome {
  if (outcomes.length === 0) return 'failed';
  return outcomes.reduce((worst, one) =>
    OUTCOMES.indexOf(one) > OUTCOMES.indexOf(worst) ? one : worst,
  );
}

/**
 * How a run ends whose governed operation ended so; `unknown` is failed where a look did not say
 * otherwise.
 */
export const OUTCOME_OF_REQUEST = {
  succeeded: 'succeeded',
  failed: 'failed',
  denied: 'denied',
  rejected: 'rejected',
  expired: 'expired',
  stale: 'stale',
  unknown: 'failed',
} as const satisfies Record<string, FlowOutcome>;

/** By its name; failed for a state that is not known. */
export const outcomeOfRequest = (state: string): FlowOutcome =>
  Object.hasOwn(OUTCOME_OF_REQUEST, state)
    ? OUTCOME_OF_REQUEST[state as keyof typeof OUTCOME_OF_REQUEST]
    : 'failed';
