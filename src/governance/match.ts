import { conditionText, firstUnmet, isMet } from './conditions.ts';
import type { ConditionInput } from './conditions.ts';
import { isAnonymous } from './principal.ts';
import { exceeds, needsPerson, stricter } from './risk.ts';
import type { ApprovalMode, Effect, OperationFacts, Policy, Risk, SourcePlace } from './types.ts';

/** An entry of a policy that grants or denies an operation, and its position in the file. */
export interface Grant {
  policy: Policy;
  glob: string;
  place: SourcePlace;
}

/** Whether an operation only reads; messages have risk LOW too. */
export const onlyReads = ({ risk, writes }: OperationFacts): boolean =>
  risk === 'LOW' && writes !== true;

/**
 * Why a policy that covers the principal does not grant it the operation; null if it does. Its
 * conditions must hold, which they do not where something they read is unknown. No glob grants user:anonymous more than reading: the policy must name it, or apply to every principal.
 */
export function withheldReason(
  { principals, when = [] }: Pick<Policy, 'principals' | 'when'>,
  { principal, ...input }: ConditionInput & { principal: string },
  facts: OperationFacts,
): string | null {
  const covered = principals.length > 0 && !principals.some(isAnonymous);
  if (isAnonymous(principal) && !onlyReads(facts) && covered)
    return 'user:anonymous may only read unless principals names it';
  const unmet = firstUnmet(when, input, { unknownHolds: false });
  if (unmet === null) return null;
  return `only when ${conditionText(unmet)}${isMet(unmet, input) === null ? ', which is unknown here' : ''}`;
}

/** Whether the conditions of a policy that denies hold; unknown values count against the caller. */
export const isDenying = ({ when = [] }: Pick<Policy, 'when'>, input: ConditionInput): boolean =>
  firstUnmet(when, input, { unknownHolds: true }) === null;

/** The effect of the grants at one risk level, and which of them are the strictest. */
export interface Judgement {
  effect: Effect;
  binding: readonly Grant[];
}

/**
 * The strictest obligation of the grants that apply at this level; deny if every grant is capped.
 */
export function judgeAt(grants: readonly Grant[], risk: Risk): Judgement {
  const applicable = grants.flatMap((grant) => {
    const mode = approvalAt(grant.policy, risk);
    return mode === null ? [] : [{ grant, mode }];
  });
  if (applicable.length === 0) return { effect: 'deny', binding: grants };
  const mode = applicable.map((one) => one.mode).reduce(stricter);
  return {
    effect: EFFECTS[mode],
    binding: applicable.filter((one) => one.mode === mode).map((one) => one.grant),
  };
}

/** The obligation under which a policy grants this level; null if its ceiling caps it. */
export function approvalAt(
  policy: Pick<Policy, 'approval' | 'riskMax' | 'ceiling'>,
  risk: Risk,
): ApprovalMode | null {
  const stated = Object.hasOwn(policy.approval, risk) ? policy.approval[risk] : undefined;
  if (exceeds(risk, policy.riskMax) && (policy.ceiling !== 'escalate' || stated === undefined))
    return null;
  return needsPerson(risk) ? 'hitl' : (stated ?? 'none');
}

const EFFECTS = { none: 'allow', auto: 'auto', hitl: 'approval' } as const satisfies Record<
  ApprovalMode,
  Effect
>;
