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

/** A request and everything it was decided by. */
export interface Asked {
  request: DecisionRequest;
  bundle: PolicyBundle & { ok: true };
  guardrails: Guardrails;
  catalogue: readonly OperationFacts[];
}

/**
 * What would change a decision, as sentences; found by deciding again with that one thing changed.
 */
export const whatWouldChange = (asked: Asked, decision: Decision): string[] =>
  CHANGES[decision.code](asked, decision);

const CHANGES: Record<DecisionCode, (asked: Asked, decision: Decision) => string[]> = {
  fail_closed: () => [],
  explicit_deny: (asked, decision) => [
    `without that deny in ${policyNames(decision)} it would be ${withPolicies(asked, decision, liftDeny(asked))}`,
  ],
  guardrail: ({ request, guardrails, ...asked }, { risk }) => {
    const riskMax = { ...guardrails.riskMax, [request.connector]: risk };
    const then = ask({ ...asked, request, guardrails: { riskMax } });
    return [
      `with guardrails.${request.connector}.risk_max ${risk?.toLowerCase()} in arx.yaml it would be ${then}`,
    ];
  },
  default_deny: (asked, { risk }) => {
    const then = ask(forEverybody(asked));
    if (then.startsWith('deny (default_deny')) return [grantFor(asked.request, risk)];
    return [`if those policies were for ${asked.request.principal} too, it would be ${then}`];
  },
  risk_ceiling: (asked, decision) => {
    const risk = decision.risk ?? 'CRITICAL';
    const then = withPolicies(asked, decision, (policy) => ({ ...policy, riskMax: risk }));
    return [`with risk_max ${risk.toLowerCase()} in ${policyNames(decision)} it would be ${then}`];
  },
  granted: (asked, decision) => [
    `without ${policyNames(decision)} it would be ${withPolicies(asked, decision, (policy) => ({ ...policy, operations: [] }))}`,
    ...alwaysPerson(decision),
    ...higherRiskLines(asked, decision),
  ],
};

const policyNames = ({ determining }: Decision): string =>
  [...new Set(determining.map(({ policy }) => policy))].join(', ');

const ask = ({ request, bundle, guardrails, catalogue }: Asked): string =>
  effectText(evaluate(request, bundle, guardrails, catalogue));

const effectText = ({ effect, code }: Decision): string =>
  effect === 'deny' ? `deny (${code})` : effect;

/** The answer where the policies that determined the decision were other than they are. */
function withPolicies(
  asked: Asked,
  { determining }: Decision,
  change: (policy: Policy) => Policy,
): string {
  const names = new Set(determining.map(({ policy }) => policy));
  return ask(withChange(asked, (policy) => (names.has(policy.name) ? change(policy) : policy)));
}

const withChange = (asked: Asked, change: (policy: Policy) => Policy): Asked => ({
  ...asked,
  bundle: { ...asked.bundle, policies: asked.bundle.policies.map(change) },
});

const liftDeny =
  ({ request }: Asked) =>
  (policy: Policy): Policy => ({
    ...policy,
    deny: policy.deny.filter((glob) => !compileGlob(glob)(request.operation)),
  });

const forEverybody = (asked: Asked): Asked =>
  withChange(asked, (policy) =>
    policy.operations.length > 0 ? { ...policy, principals: [], deny: [] } : policy,
  );

const grantFor = ({ operation }: DecisionRequest, risk: Decision['risk']): string =>
  `a policy with operations ${operation} and risk_max ${(risk ?? 'LOW').toLowerCase()} would grant it`;

const alwaysPerson = ({ risk }: Decision): string[] =>
  risk !== null && needsPerson(risk)
    ? [`${risk} always asks a person: no policy can lower that`]
    : [];

function higherRiskLines(asked: Asked, decision: Decision): string[] {
  const by = asked.request.raisedBy ?? 0;
  const above = levelsFrom(decision.risk ?? 'CRITICAL', 3).slice(1);
  for (const [at, risk] of above.entries()) {
    const then = ask({ ...asked, request: { ...asked.request, raisedBy: by + at + 1 } });
    if (then !== effectText(decision))
      return [`where context raises the risk to ${risk} it is ${then}`];
  }
  return [];
}
