import { byName } from './digest.ts';
import { conditionFindings } from './lint-conditions.ts';
import { coverageOf, createFinding } from './lint-finding.ts';
import type { LintInput, LintFinding } from './lint-finding.ts';
import { approverFindings, levelFindings } from './lint-approval.ts';
import { approvalAt, onlyReads, withheldReason } from './match.ts';
import { ANONYMOUS, isAnonymous } from './principal.ts';
import { matchesAny, matchesGlob } from './glob.ts';
import type { OperationFacts, Policy } from './types.ts';

/**
 * The findings for a bundle's policies, by policy name, then line. Pure, and independent of the
 * order of policies.
 */
export function lintPolicies(
  policies: readonly Policy[],
  catalogue: readonly OperationFacts[],
): LintFinding[] {
  return [...policies].sort(byName).flatMap((policy) => {
    const operations = catalogue.filter((row) => row.connector === policy.connector);
    if (operations.length === 0)
      return [
        createFinding(policy, [
          'connector',
          'unknown_connector',
          'error',
          'this connector does not exist',
        ]),
      ];
    const linted = { policy, operations, policies };
    return RULES.flatMap((rule) => rule(linted)).sort((a, b) => a.line - b.line);
  });
}

const RULES: readonly ((linted: LintInput) => LintFinding[])[] = [
  globFindings,
  riskFindings,
  anonymousFindings,
  conditionFindings,
  shadowFindings,
  levelFindings,
  approverFindings,
];

function globFindings({ policy, operations }: LintInput): LintFinding[] {
  const entries = (['principals', 'operations', 'deny'] as const).flatMap((key) =>
    policy[key].map((glob, at) => ({ key, glob, path: `${key}.${at}` })),
  );
  return entries.flatMap(({ key, glob, path }) => {
    if (glob === '*')
      return [
        createFinding(policy, [
          path,
          'bare_star',
          'error',
          `* does not match ":", so it matches nothing in ${key}; write *:*`,
        ]),
      ];
    if (key === 'principals' || operations.some((row) => matchesGlob(glob, row.operation)))
      return [];
    return [
      createFinding(policy, [
        path,
        'matches_nothing',
        'warning',
        `${glob} matches no operation of ${policy.connector}`,
      ]),
    ];
  });
}

function riskFindings(linted: LintInput): LintFinding[] {
  const { policy } = linted;
  if (policy.operations.length === 0 || 'risk_max' in policy.places) return [];
  return [
    createFinding(policy, [
      'operations',
      'missing_risk_max',
      'warning',
      `risk_max is not set; ${policy.riskMax.toLowerCase()} applies`,
    ]),
  ];
}

function anonymousFindings(linted: LintInput): LintFinding[] {
  const { policy } = linted;
  const changing = coverageOf(linted).find(
    (row) => !onlyReads(row) && approvalAt(policy, row.risk) !== null,
  );
  if (
    changing === undefined ||
    withheldReason({ ...policy, when: [] }, { principal: ANONYMOUS }, changing) !== null
  )
    return [];
  const at = policy.principals.findIndex(isAnonymous);
  if (policy.principals.length > 0 && at < 0) return [];
  return [
    createFinding(policy, [
      at < 0 ? 'operations' : `principals.${at}`,
      'anonymous_writes',
      'info',
      `grants ${changing.operation} to user:anonymous too: ${at < 0 ? 'it states no principals' : 'it names that principal'}`,
    ]),
  ];
}

function shadowFindings(linted: LintInput): LintFinding[] {
  const { policy, operations } = linted;
  const denied = (row: OperationFacts): boolean => denyingPolicy(linted, row) !== undefined;
  const everything =
    policy.deny.length > 0 &&
    isUnconditional(policy) &&
    operations.every((row) => matchesAny(policy.deny, row.operation));
  const own = everything
    ? [
        createFinding(policy, [
          'deny',
          'denies_everything',
          'warning',
          `denies every operation of ${policy.connector}`,
        ]),
      ]
    : [];
  const shadowed = policy.operations.flatMap((glob, at) => {
    const rows = operations.filter((row) => matchesGlob(glob, row.operation));
    const [first] = rows;
    if (!first || !rows.every(denied)) return [];
    const by = denyingPolicy(linted, first)?.name ?? policy.name;
    return [
      createFinding(policy, [
        `operations.${at}`,
        'shadowed_grant',
        'warning',
        `${glob} grants nothing: denied by ${by}`,
      ]),
    ];
  });
  return [...own, ...shadowed];
}

const isUnconditional = ({ when = [] }: Policy): boolean => when.length === 0;

// A deny shadows a grant only if it applies to every principal of the grant.
const denyingPolicy = ({ policy, policies }: LintInput, row: OperationFacts): Policy | undefined =>
  [...policies]
    .sort(byName)
    .find(
      (other) =>
        other.connector === policy.connector &&
        isUnconditional(other) &&
        (other.principals.length === 0 ||
          (policy.principals.length > 0 &&
            policy.principals.every((principal) => other.principals.includes(principal)))) &&
        matchesAny(other.deny, row.operation),
    );
