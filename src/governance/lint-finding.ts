import { matchesAny } from './glob.ts';
import type { OperationFacts, Policy } from './types.ts';

export type LintCode =
  | 'unknown_connector'
  | 'bare_star'
  | 'matches_nothing'
  | 'missing_risk_max'
  | 'unreachable_level'
  | 'shadowed_grant'
  | 'denies_everything'
  | 'hitl_without_approvers'
  | 'quorum_too_large'
  | 'requester_only_approver';

/** Something in a policy that loads but can hardly be meant; line counts from 1. */
export interface LintFinding {
  code: LintCode;
  severity: 'error' | 'warning' | 'info';
  policy: string;
  file: string;
  line: number;
  message: string;
}

/**
 * What a rule of the linter sees: the policy, the operations of its connector, and all policies.
 */
export interface Linted {
  policy: Policy;
  operations: readonly OperationFacts[];
  policies: readonly Policy[];
}

/** A finding at the place of one of the policy's keys or entries. */
export function finding(
  policy: Policy,
  [key, code, severity, message]: readonly [
    key: string,
    code: LintCode,
    severity: LintFinding['severity'],
    message: string,
  ],
): LintFinding {
  const { file, line } = policy.places[key] ?? policy.place;
  return { code, severity, policy: policy.name, file, line, message };
}

/** The operations that a policy's grants cover, whatever its ceiling. */
export const coverageOf = ({ policy, operations }: Linted): OperationFacts[] =>
  operations.filter((row) => matchesAny(policy.operations, row.operation));
