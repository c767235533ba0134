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
 * The worst outcome of a person's accounts; `failed` without accounts, because nothing was done.
 */
export function worstOf(outcomes: readonly FlowOutcome[]): FlowOutcome {
  if (outcomes.length === 0) return 'failed';
  return outcomes.reduce((worst, one) =>
    OUTCOMES.indexOf(one) > OUTCOMES.indexOf(worst) ? one : worst,
  );
}

/**
 * The outcome of a run by the state of its governed operation; `unknown` is `failed` if
 * verification did not show otherwise.
 */
const OUTCOME_OF_REQUEST: ReadonlyMap<string, FlowOutcome> = new Map([
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['denied', 'denied'],
  ['rejected', 'rejected'],
  ['expired', 'expired'],
  ['stale', 'stale'],
  ['unknown', 'failed'],
]);

/** The outcome for a state; `failed` for an unknown state. */
export const outcomeOfRequest = (state: string): FlowOutcome =>
  OUTCOME_OF_REQUEST.get(state) ?? 'failed';
