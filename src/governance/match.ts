import { exceeds, needsPerson, stricter } from './risk.ts';
import type { ApprovalMode, Effect, Policy, Risk, SourcePlace } from './types.ts';

/** An entry of a policy that grants or denies, and where it stands. */
export interface Grant {
  policy: Policy;
  glob: string;
  place: SourcePlace;
}

/** What the grants say at one risk level, and which of them are the strictest. */
export interface Judgement {
  effect: Effect;
  binding: readonly Grant[];
}

/**
 * The strictest obligation of the grants that hold at this level; deny where every one is capped.
 */
export function judgeAt(grants: readonly Grant[], risk: Risk): Judgement {
  const held = grants.flatMap((grant) => {
    const mode = approvalAt(grant.policy, risk);
    return mode === null ? [] : [{ grant, mode }];
  });
  if (held.length === 0) return { effect: 'deny', binding: grants };
  const mode = held.map((one) => one.mode).reduce(stricter);
  return {
    effect: EFFECTS[mode],
    binding: held.filter((one) => one.mode === mode).map((one) => one.grant),
  };
}

/** The obligation under which a policy grants this level; null where its ceiling caps it. */
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
