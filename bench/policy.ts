/** How long one decision over 1,000 policies takes. */
import { createRequire } from 'node:module';
import { OPERATIONS } from '../src/governance/catalogue.ts';
import { evaluate } from '../src/governance/evaluate.ts';
import type { DecisionRequest, PolicyBundle } from '../src/governance/types.ts';
import { cedarPolicies, cedarRequests } from '../test/support/cedar.ts';
import { measure, timingTable } from './support/measure.ts';
import { naiveAllows } from './support/naive.ts';
import { largeBundle } from './support/policies.ts';
import type { BenchResult } from './support/result.ts';

const SIZE = 1_000;
const RAILS = { riskMax: { okta: 'CRITICAL' } } as const;
const PRINCIPALS = [
  'user:jane@example.com',
  'agent:team-400',
  'agent:soc-7',
  'flow:f203',
  'workflow:other',
];
const REQUESTS: readonly DecisionRequest[] = PRINCIPALS.flatMap((principal) =>
  OPERATIONS.filter(({ connector }) => connector === 'okta').map(({ operation }) => ({
    connector: 'okta',
    operation,
    principal,
  })),
);
const requestAt = (at: number): DecisionRequest =>
  REQUESTS[at % REQUESTS.length] as DecisionRequest;

/**
 * Times the evaluator, a naive one and Cedar on the same bundle and requests, after checking that
 * they agree.
 */
export async function bench(): Promise<BenchResult> {
  const bundle = largeBundle(SIZE);
  const cedarAllows = cedarOver(bundle);
  const wrong = REQUESTS.filter((request) => {
    const ours = evaluate(request, bundle, RAILS, OPERATIONS).effect !== 'deny';
    return ours !== cedarAllows(request) || ours !== naiveAllows(request, bundle, OPERATIONS);
  });
  const evaluated = measure('arx, decision with reasons and obligations', 20_000, (at) =>
    evaluate(requestAt(at), bundle, RAILS, OPERATIONS),
  );
  return {
    name: 'policy',
    about: `One decision over a bundle of ${SIZE} policies, ${REQUESTS.length} requests in turn.`,
    tables: [
      timingTable(`One of ${SIZE} policies`, [
        evaluated,
        // A new bundle each time: what the first decision after a change of the policies costs.
        measure('arx, first decision on a new bundle', 300, (at) =>
          evaluate(requestAt(at), { ...bundle }, RAILS, OPERATIONS),
        ),
        measure('naive: every glob as a regular expression, yes or no only', 500, (at) =>
          naiveAllows(requestAt(at), bundle, OPERATIONS),
        ),
        measure('cedar-wasm, policies parsed before, yes or no only', 200, (at) =>
          cedarAllows(requestAt(at)),
        ),
      ]),
    ],
    goals: [
      { goal: 'a decision over 1,000 policies in less than 1 ms', met: evaluated.medianUs < 1_000 },
      { goal: 'all three agree on every request', met: wrong.length === 0 },
    ],
  };
}

function cedarOver(bundle: PolicyBundle & { ok: true }): (request: DecisionRequest) => boolean {
  const cedar = createRequire(import.meta.url)(
    '@cedar-policy/cedar-wasm/nodejs',
  ) as typeof import('@cedar-policy/cedar-wasm/nodejs');
  const preparsedPolicySetId = 'bench';
  cedar.preparsePolicySet(preparsedPolicySetId, {
    staticPolicies: cedarPolicies(bundle.policies, RAILS, 'okta'),
  });
  return (request) =>
    cedarRequests(request, RAILS).every((one) => {
      const answer = cedar.statefulIsAuthorized({ ...one, entities: [], preparsedPolicySetId });
      if (answer.type === 'failure')
        throw new Error(answer.errors.map(({ message }) => message).join('\n'));
      return answer.response.decision === 'allow';
    });
}
