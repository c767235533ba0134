import type { FieldValues } from './conditions.ts';

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
  /** The call changes a group or a user from which arx takes authority; see authority.ts. */
  authority?: boolean;
  /** Values that conditions of policies read; they never change the risk. */
  about?: FieldValues;
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
  ['arx takes authority from the group or user', (facts) => facts.authority === true],
  // Negated so that NaN counts as many.
  [`more than ${MANY_TARGETS} targets`, ({ targets = 1 }) => !(targets <= MANY_TARGETS)],
];

/** The facts that raise the risk, from values of conditions. */
export const contextOf = (about: FieldValues): ContextFacts => ({
  about,
  targetAdministrator: about['is_admin'] === true,
  protected: about['is_protected'] === true,
  groupGrantsAdmin: about['group.grants_admin'] === true,
});

/** Why the context raises the risk: one reason per level, empty if it does not. */
export const riskReasons = (facts: ContextFacts): string[] =>
  CONDITIONS.filter(([, applies]) => applies(facts)).map(([reason]) => reason);

/**
 * The number of levels by which the context raises the risk; never negative. For
 * DecisionRequest.raisedBy.
 */
export const riskIncrease = (facts: ContextFacts): number => riskReasons(facts).length;

/** Facts of two readers about one call. What either of them found raises the risk. */
export const joinFacts = (one: ContextFacts, other: ContextFacts): ContextFacts => ({
  ...one,
  ...other,
  authority: one.authority === true || other.authority === true,
  groupGrantsAdmin: one.groupGrantsAdmin === true || other.groupGrantsAdmin === true,
});

/**
 * Whether a call gives or takes the right to approve or to administer. Approvers of such a call must
 * have held their right for a while; see `approvals.tenure`.
 */
export const changesRights = ({ authority, groupGrantsAdmin }: ContextFacts): boolean =>
  authority === true || groupGrantsAdmin === true;
