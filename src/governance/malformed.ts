/** Checks the evaluator's input for values that the types do not exclude. */

import { isCondition } from './conditions.ts';
import { canonicalPrincipal } from './principal.ts';
import { isApprovalMode, isRisk, needsPerson, exceeds } from './risk.ts';
import type { DecisionRequest, Guardrails, Policy, Risk } from './types.ts';
import { RISKS } from './types.ts';

// Exactly two parts, so that no colon in an id can bypass a policy that names a kind, such as
// `user:*`.
const PRINCIPAL = /^[a-z]{1,32}:[^:\p{Cc}]{1,256}$/u;
const MAX_GLOB = 256;

/** The principal of a request and its aliases, in the form in which policies compare them. */
export const principalsIn = ({ principal, aliases = [] }: DecisionRequest): string[] =>
  [principal, ...aliases].map((one) => canonicalPrincipal(String(one)));

const isPrincipal = (principal: string): boolean => PRINCIPAL.test(principal);

/** What is wrong with a request; null if it can be evaluated. */
export function requestProblem(request: DecisionRequest): string | null {
  const principals = [String(request.principal), ...principalsIn(request)];
  if (!principals.every(isPrincipal)) return 'the principal is not of the form kind:id';
  const by = request.raisedBy ?? 0;
  return Number.isSafeInteger(by) && by >= 0 ? null : 'raisedBy is not a whole number of levels';
}

/** What is wrong with the guardrails; null if they can be applied. */
export function guardrailProblem(guardrails: Guardrails): string | null {
  return Object.values(guardrails.riskMax).every(isRisk) ? null : 'a guardrail is not a risk level';
}

/** What is wrong with a bundle's policies; null if they can be evaluated. */
export function policiesProblem(
  policies: readonly Policy[],
  connectors: ReadonlySet<string>,
): string | null {
  const names = new Set<string>();
  for (const policy of policies) {
    const problem = policyProblem(policy, connectors);
    if (problem) return problem;
    if (names.has(policy.name)) return `two policies are named ${policy.name}`;
    names.add(policy.name);
  }
  return null;
}

/**
 * A HIGH or CRITICAL level that this policy would grant without human approval; null if there is
 * none.
 */
const levelWithoutPerson = (
  policy: Pick<Policy, 'approval' | 'riskMax' | 'ceiling'>,
): Risk | null =>
  RISKS.filter(needsPerson).find((risk) => {
    const mode = Object.hasOwn(policy.approval, risk) ? policy.approval[risk] : undefined;
    return mode !== undefined && mode !== 'hitl' && canReach(policy, risk);
  }) ?? null;

/** Whether a level of the approval map can apply under the policy's ceiling. */
const canReach = (policy: Pick<Policy, 'riskMax' | 'ceiling'>, risk: Risk): boolean =>
  policy.ceiling === 'escalate' || !exceeds(risk, policy.riskMax);

function policyProblem(policy: Policy, connectors: ReadonlySet<string>): string | null {
  if (typeof policy.name !== 'string' || policy.name === '') return 'a policy has no name';
  const failed = CHECKS.find(([, isValid]) => !isValid(policy));
  if (failed) return `policy ${policy.name}: ${failed[0]}`;
  if (!connectors.has(policy.connector))
    return `policy ${policy.name}: unknown connector ${JSON.stringify(policy.connector)}`;
  return null;
}

const CHECKS: readonly (readonly [string, (policy: Policy) => boolean])[] = [
  ['principals are not globs', (policy) => areGlobs(policy.principals)],
  ['operations are not globs', (policy) => areGlobs(policy.operations)],
  ['deny is not a list of globs', (policy) => areGlobs(policy.deny)],
  ['when is not a list of conditions', ({ when }) => when === undefined || areConditions(when)],
  ['riskMax is not a risk level', (policy) => isRisk(policy.riskMax)],
  [
    'ceiling is neither cap nor escalate',
    (policy) => policy.ceiling === 'cap' || policy.ceiling === 'escalate',
  ],
  [
    'approval is not a map of levels',
    (policy) =>
      Object.entries(policy.approval).every(
        ([risk, mode]) => isRisk(risk) && (mode === undefined || isApprovalMode(mode)),
      ),
  ],
  [
    'HIGH and CRITICAL require approval by a person',
    (policy) => levelWithoutPerson(policy) === null,
  ],
  [
    'approvers are malformed',
    (policy) => policy.approvers === null || isRequirement(policy.approvers),
  ],
  [
    'a place is missing',
    (policy) => typeof policy.place.file === 'string' && Number.isInteger(policy.place.line),
  ],
];

const areConditions = (value: unknown): boolean => Array.isArray(value) && value.every(isCondition);

const areGlobs = (value: readonly string[]): boolean =>
  Array.isArray(value) &&
  value.every((glob) => typeof glob === 'string' && glob !== '' && glob.length <= MAX_GLOB);

function isRequirement(approvers: NonNullable<Policy['approvers']>): boolean {
  const { any_of, count, expiresInMs, grantValidForMs } = approvers;
  return (
    Array.isArray(any_of) &&
    any_of.every((who) => typeof who === 'string') &&
    Number.isInteger(count) &&
    count >= 1 &&
    [expiresInMs, grantValidForMs].every((ms) => ms === null || (Number.isFinite(ms) && ms > 0))
  );
}
