import { conditionText, needsSubject } from './conditions.ts';
import { findOperation } from './catalogue.ts';
import { matchesAny } from './glob.ts';
import { createFinding } from './lint-finding.ts';
import type { LintInput, LintFinding } from './lint-finding.ts';
import type { OperationFacts } from './types.ts';

/** Conditions on values that no operation of the policy has. */
export function conditionFindings({ policy, operations }: LintInput): LintFinding[] {
  const rows = operations.filter((row) =>
    matchesAny([...policy.operations, ...policy.deny], row.operation),
  );
  if (rows.length === 0) return [];
  return (policy.when ?? []).flatMap((condition, at) => {
    const subject = needsSubject(condition.field);
    if (condition.operator === 'missing' || subject === null) return [];
    if (rows.some((row) => subject.some((name) => takes(row, name)))) return [];
    return [
      createFinding(policy, [
        `when.${at}`,
        'never_applies',
        'warning',
        `${conditionText(condition)} never holds: none of its operations has ${subject.join(' or ')}`,
      ]),
    ];
  });
}

const takes = ({ connector, operation }: OperationFacts, name: string): boolean =>
  findOperation(connector, operation)?.path.includes(`{${name}}`) === true;
