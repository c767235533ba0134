/**
 * What is known of a call besides its arguments. Whoever prepares the call reads it; absent:
 * nothing is known of it.
 */
export interface ContextFacts {
  /** The target holds an administrator role. */
  targetAdministrator?: boolean;
  /** The target is on the protected list. */
  protected?: boolean;
  /** The group grants an administrator role to its members. */
  groupGrantsAdmin?: boolean;
  /** How many targets are dealt with at once. */
  targets?: number;
}

/** More targets than this raise the risk. */
export const MANY_TARGETS = 10;

/** Each row raises the risk by one level where it holds. */
const CONDITIONS: readonly (readonly [string, (facts: ContextFacts) => boolean])[] = [
  [
    'the target is an administrator or protected',
    (facts) => facts.targetAdministrator === true || facts.protected === true,
  ],
  ['the group grants administrator roles', (facts) => facts.groupGrantsAdmin === true],
  // The other way round than it reads: a number that is none counts as many.
  [`more than ${MANY_TARGETS} targets`, ({ targets = 1 }) => !(targets <= MANY_TARGETS)],
];

/** Why the context raises the risk, one reason a level; none where it does not. */
export const riskReasons = (facts: ContextFacts): string[] =>
  CONDITIONS.filter(([, holds]) => holds(facts)).map(([reason]) => reason);

/**
 * By how many levels the context raises the risk; never below zero. For DecisionRequest.raisedBy.
 */
export const riskIncrease = (facts: ContextFacts): number => riskReasons(facts).length;
