import type {
  DecisionRequest,
  OperationFacts,
  Policy,
  PolicyBundle,
} from '../../src/governance/types.ts';
import { RISKS } from '../../src/governance/types.ts';

/**
 * The least that could work: every policy looked at, every glob made into a regular expression, for
 * each request.
 */
export function naiveAllows(
  { connector, operation, principal }: DecisionRequest,
  bundle: PolicyBundle & { ok: true },
  catalogue: readonly OperationFacts[],
): boolean {
  const risk = catalogue.find(
    (row) => row.connector === connector && row.operation === operation,
  )?.risk;
  if (risk === undefined) return false;
  const level = RISKS.indexOf(risk);
  const mine = bundle.policies.filter(
    (policy) => policy.connector === connector && isFor(policy, principal),
  );
  if (mine.some(({ deny }) => covered(deny, operation))) return false;
  return mine.some(
    ({ operations, riskMax }) => level <= RISKS.indexOf(riskMax) && covered(operations, operation),
  );
}

const isFor = ({ principals }: Policy, principal: string): boolean =>
  principals.length === 0 || covered(principals, principal);

const covered = (globs: readonly string[], text: string): boolean =>
  globs.some((glob) =>
    new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^:]*')}$`).test(
      text,
    ),
  );
