/** Evaluates one case of a policy test. */

import type { PolicyCase } from '../../config/policies/policy-tests.ts';
import { argumentProblem } from '../../governance/arguments.ts';
import { OPERATIONS } from '../../governance/catalogue.ts';
import { contextOf, riskIncrease } from '../../governance/context.ts';
import { evaluate } from '../../governance/evaluate.ts';
import { matchesGlob } from '../../governance/glob.ts';
import type { Decision, Guardrails, OperationRow, PolicyBundle } from '../../governance/types.ts';
import { parseOperation } from '../../services/policies/explain-decision.ts';

/** The outcome of one case. */
export interface CaseOutcome {
  file: string;
  line: number;
  as: string;
  operation: string;
  ok: boolean;
  /** The differences from what was expected, each as a sentence. */
  problems: string[];
}

/** Evaluates every operation that a case covers. A case that covers none fails. */
export function evaluateCase(
  testCase: PolicyCase,
  bundle: PolicyBundle & { ok: true },
  guardrails: Guardrails,
): CaseOutcome {
  const { connector, operation } = parseOperation(testCase.operation);
  const rows = OPERATIONS.filter(
    (row) => row.connector === connector && matchesGlob(operation, row.operation),
  );
  // An operation that does not exist is evaluated too if it is spelled out: it must be denied.
  const targets = rows.length > 0 || operation.includes('*') ? rows : [{ connector, operation }];
  const problems = targets.flatMap((target) => {
    const principal = testCase.as;
    const decision = evaluate(
      {
        ...target,
        principal,
        about: testCase.facts,
        raisedBy: Math.max(testCase.raisedBy, riskIncrease(contextOf(testCase.facts))),
        ...(testCase.args !== null && { args: testCase.args }),
        now: Date.now(),
      },
      bundle,
      guardrails,
      OPERATIONS,
    );
    return [...argumentProblems(target, testCase), ...differences(decision, testCase)].map(
      (problem) => `${target.operation}: ${problem}`,
    );
  });
  if (targets.length === 0) problems.push(`${testCase.operation} covers no operation`);
  const { file, line, as } = testCase;
  return { file, line, as, operation: testCase.operation, ok: problems.length === 0, problems };
}

function argumentProblems(
  target: OperationRow | { operation: string },
  { args }: PolicyCase,
): string[] {
  const problem = args === null || !('path' in target) ? null : argumentProblem(target, args);
  return problem ? [`${problem.parameter ?? 'args'} must be ${problem.expected}`] : [];
}

function differences({ effect, code, determining }: Decision, { expect }: PolicyCase): string[] {
  const policies = determining.map(({ policy }) => policy);
  return [
    ...(expect.effect && expect.effect !== effect
      ? [`expected ${expect.effect}, got ${effect} (${code})`]
      : []),
    ...(expect.code && expect.code !== code ? [`expected code ${expect.code}, got ${code}`] : []),
    ...(expect.policy && !policies.includes(expect.policy)
      ? [`expected policy ${expect.policy} to decide, got ${policies.join(', ') || 'none'}`]
      : []),
  ];
}
