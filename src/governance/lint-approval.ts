import { nameOf } from './principal.ts';
import { coverageOf, createFinding } from './lint-finding.ts';
import type { LintInput, LintFinding } from './lint-finding.ts';
import { approvalAt } from './match.ts';
import { exceeds } from './risk.ts';
import type { Policy, Risk } from './types.ts';
import { RISKS } from './types.ts';

/** Levels that the approval map states but that cannot be reached. */
export function levelFindings(linted: LintInput): LintFinding[] {
  const { policy } = linted;
  return RISKS.filter((risk) => `approval.${risk.toLowerCase()}` in policy.places).flatMap(
    (risk) => {
      const why = unreachableReason(linted, risk);
      const level = `approval.${risk.toLowerCase()}`;
      return why
        ? [
            createFinding(policy, [
              level,
              'unreachable_level',
              'warning',
              `${level} cannot be reached: ${why}`,
            ]),
          ]
        : [];
    },
  );
}

function unreachableReason(linted: LintInput, risk: Risk): string | null {
  const { policy } = linted;
  if (policy.ceiling === 'cap' && exceeds(risk, policy.riskMax))
    return `risk_max is ${policy.riskMax.toLowerCase()}`;
  // Context only raises the risk, so a level is unreachable only if every operation starts above it.
  const rows = coverageOf(linted);
  return rows.length > 0 && rows.every((row) => exceeds(row.risk, risk))
    ? 'every operation that it grants has a higher risk'
    : null;
}

/** Approval requests that nobody, or only the requester, could answer. */
export function approverFindings(linted: LintInput): LintFinding[] {
  const { policy } = linted;
  if (!asksForPerson(linted)) return [];
  const { approvers } = policy;
  if (!approvers || approvers.any_of.length === 0) return [missingApproversFinding(policy)];
  const people = new Set(approvers.any_of);
  if ([...people].some((who) => nameOf('user', who) === null)) return [];
  const quorum = `approvers require ${approvers.count} of ${people.size} people`;
  const only =
    policy.principals.length === 1 && people.size === 1 && people.has(policy.principals[0] ?? '');
  const critical = people.size < CRITICAL_PEOPLE && reachesCritical(linted);
  return [
    ...(critical
      ? [
          createFinding(policy, [
            'approvers',
            'quorum_too_large',
            'warning',
            tooFewForCritical(people.size),
          ]),
        ]
      : []),
    ...(approvers.count > people.size
      ? [createFinding(policy, ['approvers', 'quorum_too_large', 'error', quorum])]
      : []),
    ...(only
      ? [
          createFinding(policy, [
            'approvers',
            'requester_only_approver',
            'error',
            'only the requester may approve',
          ]),
        ]
      : []),
  ];
}

/** The minimum of arx.yaml's approvals.critical_quorum. */
const CRITICAL_PEOPLE = 2;
const tooFewForCritical = (named: number): string =>
  `CRITICAL requires at least ${CRITICAL_PEOPLE} people, but approvers name ${named}`;

const reachesCritical = (linted: LintInput): boolean =>
  coverageOf(linted).some(
    ({ risk }) => risk === 'CRITICAL' && approvalAt(linted.policy, risk) === 'hitl',
  );

function missingApproversFinding(policy: Policy): LintFinding {
  const eligible = policy.hitlChannel
    ? 'the members of hitl_channel and the default approvers'
    : 'only the default approvers';
  const severity = policy.hitlChannel ? 'info' : 'warning';
  const key = 'approval' in policy.places ? 'approval' : 'operations';
  return createFinding(policy, [
    key,
    'hitl_without_approvers',
    severity,
    `requires approval but names no approvers: ${eligible} may answer`,
  ]);
}

const asksForPerson = (linted: LintInput): boolean =>
  coverageOf(linted).some((row) =>
    levelsUpFrom(row.risk).some((risk) => approvalAt(linted.policy, risk) === 'hitl'),
  );

const levelsUpFrom = (risk: Risk): Risk[] => RISKS.filter((level) => !exceeds(risk, level));
