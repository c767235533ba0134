import type { PolicyCase } from '../../config/policies/policy-tests.ts';
import { argumentProblem } from '../../governance/arguments.ts';
import { OPERATIONS } from '../../governance/catalogue.ts';
import { evaluate } from '../../governance/evaluate.ts';
import { matchesGlob } from '../../governance/glob.ts';
import type { Decision, Guardrails, OperationRow, PolicyBundle } from '../../governance/types.ts';
import { operationNamed } from './bundle.ts';

/** How one case came out. */
export interface CaseOutcome {
  file: string;
  line: number;
  as: string;
  operation: string;
  ok: boolean;
  /** What was not as expected, each as a sentence. */
  problems: string[];
}

/** Decides every operation that a case is about; a case that is about none fails. */
export function judgeCase(
  one: PolicyCase,
  bundle: PolicyBundle & { ok: true },
  guardrails: Guardrails,
): CaseOutcome {
  const { connector, operation } = operationNamed(one.operation);
  const rows = OPERATIONS.filter(
    (row) => row.connector === connector && matchesGlob(operation, row.operation),
  );
  // What no row stands for is asked too, where it is spelt out: it must be denied.
  const asked = rows.length > 0 || operation.includes('*') ? rows : [{ connector, operation }];
  const problems = asked.flatMap((target) => {
    const principal = one.as;
    const decision = evaluate(
      { ...target, principal, raisedBy: one.raisedBy },
      bundle,
      guardrails,
      OPERATIONS,
    );
    return [...badArguments(target, one), ...differences(decision, one)].map(
      (says) => `${target.operation}: ${says}`,
    );
  });
  if (asked.length === 0) problems.push(`${one.operation} covers no operation`);
  const { file, line, as } = one;
  return { file, line, as, operation: one.operation, ok: problems.length === 0, problems };
}

function badArguments(
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
