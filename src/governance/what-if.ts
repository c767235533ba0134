/** Explains what would change a decision. */

import { evaluate } from './evaluate.ts';
import { levelsFrom, needsPerson } from './risk.ts';
import { compileGlob } from './glob.ts';
import type {
  Decision,
  DecisionCode,
  DecisionRequest,
  Guardrails,
  OperationFacts,
  Policy,
  PolicyBundle,
} from './types.ts';

/** A request and everything that determines its decision. */
export interface DecisionInput {
  request: DecisionRequest;
  bundle: PolicyBundle & { ok: true };
  guardrails: Guardrails;
  catalogue: readonly OperationFacts[];
}

/** Sentences about what would change a decision, found by deciding again with that one change. */
export const whatWouldChange = (input: DecisionInput, decision: Decision): string[] =>
  CHANGES[decision.code](input, decision);

const CHANGES: Record<DecisionCode, (input: DecisionInput, decision: Decision) => string[]> = {
  fail_closed: () => [],
  explicit_deny: (input, decision) => [
    `without that deny in ${policyNames(decision)} it would be ${withPolicies(input, decision, liftDeny(input))}`,
  ],
  guardrail: ({ request, guardrails, ...input }, { risk }) => {
    const riskMax = { ...guardrails.riskMax, [request.connector]: risk };
    const then = effectWith({ ...input, request, guardrails: { riskMax } });
    return [
      `with guardrails.${request.connector}.risk_max ${risk?.toLowerCase()} in arx.yaml it would be ${then}`,
    ];
  },
  default_deny: (input, { risk }) => {
    const then = effectWith(forEverybody(input));
    if (then.startsWith('deny (default_deny')) return [grantFor(input.request, risk)];
    return [`if those policies also applied to ${input.request.principal}, it would be ${then}`];
  },
  risk_ceiling: (input, decision) => {
    const risk = decision.risk ?? 'CRITICAL';
    const then = withPolicies(input, decision, (policy) => ({ ...policy, riskMax: risk }));
    return [`with risk_max ${risk.toLowerCase()} in ${policyNames(decision)} it would be ${then}`];
  },
  granted: (input, decision) => [
    `without ${policyNames(decision)} it would be ${withPolicies(input, decision, (policy) => ({ ...policy, operations: [] }))}`,
    ...alwaysPerson(decision),
    ...higherRiskLines(input, decision),
  ],
};

const policyNames = ({ determining }: Decision): string =>
  [...new Set(determining.map(({ policy }) => policy))].join(', ');

const effectWith = ({ request, bundle, guardrails, catalogue }: DecisionInput): string =>
  effectText(evaluate(request, bundle, guardrails, catalogue));

const effectText = ({ effect, code }: Decision): string =>
  effect === 'deny' ? `deny (${code})` : effect;

/** The effect if the policies that determined the decision were changed. */
function withPolicies(
  input: DecisionInput,
  { determining }: Decision,
  change: (policy: Policy) => Policy,
): string {
  const names = new Set(determining.map(({ policy }) => policy));
  return effectWith(
    withChange(input, (policy) => (names.has(policy.name) ? change(policy) : policy)),
  );
}

const withChange = (input: DecisionInput, change: (policy: Policy) => Policy): DecisionInput => ({
  ...input,
  bundle: { ...input.bundle, policies: input.bundle.policies.map(change) },
});

const liftDeny =
  ({ request }: DecisionInput) =>
  (policy: Policy): Policy => ({
    ...policy,
    deny: policy.deny.filter((glob) => !compileGlob(glob)(request.operation)),
  });

const forEverybody = (input: DecisionInput): DecisionInput =>
  withChange(input, (policy) =>
    policy.operations.length > 0 ? { ...policy, principals: [], deny: [] } : policy,
  );

const grantFor = ({ operation }: DecisionRequest, risk: Decision['risk']): string =>
  `a policy with operations ${operation} and risk_max ${(risk ?? 'LOW').toLowerCase()} would grant it`;

const alwaysPerson = ({ risk }: Decision): string[] =>
  risk !== null && needsPerson(risk)
    ? [`${risk} always requires approval by a person; no policy can change that`]
    : [];

function higherRiskLines(input: DecisionInput, decision: Decision): string[] {
  const by = input.request.raisedBy ?? 0;
  const above = levelsFrom(decision.risk ?? 'CRITICAL', 3).slice(1);
  for (const [at, risk] of above.entries()) {
    const then = effectWith({ ...input, request: { ...input.request, raisedBy: by + at + 1 } });
    if (then !== effectText(decision))
      return [`if context raises the risk to ${risk}, it is ${then}`];
  }
  return [];
}
