import { matchesAny } from './glob.ts';
import type { OperationFacts, Policy } from './types.ts';

type LintCode =
  | 'unknown_connector'
  | 'bare_star'
  | 'matches_nothing'
  | 'missing_risk_max'
  | 'unreachable_level'
  | 'shadowed_grant'
  | 'denies_everything'
  | 'hitl_without_approvers'
  | 'anonymous_writes'
  | 'never_applies'
  | 'quorum_too_large'
  | 'requester_only_approver';

/** A part of a policy that is valid but probably not intended. Lines count from 1. */
export interface LintFinding {
  code: LintCode;
  severity: 'error' | 'warning' | 'info';
  policy: string;
  file: string;
  line: number;
  message: string;
}

/** The input of a lint rule: the policy, the operations of its connector, and all policies. */
export interface LintInput {
  policy: Policy;
  operations: readonly OperationFacts[];
  policies: readonly Policy[];
}

/** A finding at the position of one of the policy's keys or entries. */
export function createFinding(
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

/** The operations that the policy's grants match, whatever its ceiling. */
export const coverageOf = ({ policy, operations }: LintInput): OperationFacts[] =>
  operations.filter((row) => matchesAny(policy.operations, row.operation));
