/**
 * What is known about a call besides its arguments. The code that prepares the call reads it. An
 * absent fact is unknown.
 */
export interface ContextFacts {
  /** The target holds an administrator role. */
  targetAdministrator?: boolean;
  /** The target is on the protected list. */
  protected?: boolean;
  /** The group grants an administrator role to its members. */
  groupGrantsAdmin?: boolean;
  /** Number of attributes that the call removes without naming them. */
  removes?: number;
  /** Number of targets of one request. */
  targets?: number;
}

/** More targets than this raise the risk. */
export const MANY_TARGETS = 10;

/** Each condition that is met raises the risk by one level. */
const CONDITIONS: readonly (readonly [string, (facts: ContextFacts) => boolean])[] = [
  [
    'the target is an administrator or protected',
    (facts) => facts.targetAdministrator === true || facts.protected === true,
  ],
  ['the group grants administrator roles', (facts) => facts.groupGrantsAdmin === true],
  ['attributes that the call does not name would be removed', ({ removes = 0 }) => !(removes <= 0)],
  // Negated so that NaN counts as many.
  [`more than ${MANY_TARGETS} targets`, ({ targets = 1 }) => !(targets <= MANY_TARGETS)],
];

/** Why the context raises the risk: one reason per level, empty if it does not. */
export const riskReasons = (facts: ContextFacts): string[] =>
  CONDITIONS.filter(([, applies]) => applies(facts)).map(([reason]) => reason);

/**
 * The number of levels by which the context raises the risk; never negative. For
 * DecisionRequest.raisedBy.
 */
export const riskIncrease = (facts: ContextFacts): number => riskReasons(facts).length;
