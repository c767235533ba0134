import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { evaluate } from '../../../src/governance/evaluate.ts';
import type { DecisionRequest, Guardrails, Policy } from '../../../src/governance/types.ts';
import { about, guardrails, policies } from '../../support/arbitrary-policies.ts';
import { cedarPolicies, cedarRequests } from '../../support/cedar.ts';
import { bundle } from '../../support/policies.ts';
import { assertProperty } from '../../support/properties.ts';

const cedar = createRequire(import.meta.url)(
  '@cedar-policy/cedar-wasm/nodejs',
) as typeof import('@cedar-policy/cedar-wasm/nodejs');

const PRINCIPALS = ['agent:soc', 'agent:other', 'user:jane', 'user:anonymous', 'workflow:x'];
const ASKED: DecisionRequest[] = OPERATIONS.filter(({ connector }) => connector === 'okta').flatMap(
  ({ operation }, at) =>
    PRINCIPALS.map((principal) => ({ connector: 'okta', operation, principal, raisedBy: at % 3 })),
);
const problems = (errors: { message: string }[]): Error =>
  new Error(errors.map(({ message }) => message).join('\n'));

/**
 * Cedar's answer to each request: allowed if it allows every level from the base risk to the raised
 * one.
 */
function cedarAllows(
  asked: readonly DecisionRequest[],
  all: readonly Policy[],
  rails: Guardrails,
): boolean[] {
  const parsed = cedar.preparsePolicySet('generated', {
    staticPolicies: cedarPolicies(all, rails, 'okta'),
  });
  if (parsed.type === 'failure') throw problems(parsed.errors);
  return asked.map((request) =>
    cedarRequests(request, rails).every((one) => {
      const answer = cedar.statefulIsAuthorized({
        ...one,
        entities: [],
        preparsedPolicySetId: 'generated',
      });
      if (answer.type === 'failure') throw problems(answer.errors);
      expect(answer.response.diagnostics.errors).toEqual([]);
      return answer.response.decision === 'allow';
    }),
  );
}

it('Cedar agrees on what is allowed at all, for any bundle, request and guardrail', () => {
  const seen = { true: 0, false: 0 };
  const cases = fc.tuple(
    policies,
    guardrails,
    fc.shuffledSubarray(ASKED, { minLength: 20, maxLength: 20 }),
    fc.array(about, { minLength: 20, maxLength: 20 }),
  );
  assertProperty(
    fc.property(cases, ([all, rails, subset, abouts]) => {
      const asked = subset.map((request, at) => ({ ...request, about: abouts[at]! }));
      const given = bundle(...all);
      const ours = asked.map(
        (request) => evaluate(request, given, rails, OPERATIONS).effect !== 'deny',
      );
      expect(ours).toEqual(cedarAllows(asked, all, rails));
      for (const allowed of ours) seen[`${allowed}`] += 1;
    }),
    { numRuns: 500 },
  );
  expect(seen.true).toBeGreaterThan((seen.true + seen.false) / 20);
});
