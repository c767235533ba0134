import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { evaluate } from '../../../src/governance/evaluate.ts';
import type { Decision, DecisionRequest, Guardrails, Policy } from '../../../src/governance/types.ts';
import { RISKS } from '../../../src/governance/types.ts';
import { bundle, policy } from '../../support/policies.ts';

const glob = fc.constantFrom(
  '*:*',
  'users:*',
  'users:read*',
  '*:read',
  'users:suspend',
  'users:clear_sessions',
  'groups:*',
);
const principal = fc.constantFrom('agent:*', 'user:*', 'agent:soc', 'user:jane');
const upper = fc.constantFrom('hitl' as const);
const mode = fc.constantFrom('none' as const, 'auto' as const, 'hitl' as const);
const some = { nil: undefined } as const;

const somePolicy: fc.Arbitrary<Policy> = fc
  .record({
    connector: fc.constantFrom('okta', 'okta', 'okta', 'jira'),
    principals: fc.array(principal, { maxLength: 2 }),
    operations: fc.array(glob, { maxLength: 3 }),
    deny: fc.array(glob, { maxLength: 1 }),
    riskMax: fc.constantFrom(...RISKS),
    ceiling: fc.constantFrom('cap' as const, 'escalate' as const),
    approval: fc.record({
      LOW: fc.option(mode, some),
      MEDIUM: fc.option(mode, some),
      HIGH: fc.option(upper, some),
      CRITICAL: fc.option(upper, some),
    }),
    hitlChannel: fc.constantFrom(null, '#a'),
  })
  .map((given) => policy({ name: '', ...given }));

const policies = fc
  .array(somePolicy, { maxLength: 6 })
  .map((all) => all.map((one, at) => ({ ...one, name: `p${at}` })));
const request: fc.Arbitrary<DecisionRequest> = fc.record({
  connector: fc.constant('okta'),
  operation: fc.constantFrom('users:read', 'users:create', 'users:suspend', 'users:clear_sessions', 'groups:delete'),
  principal: fc.constantFrom('agent:soc', 'agent:other', 'user:jane', 'workflow:x'),
  raisedBy: fc.nat({ max: 3 }),
});
const guardrails: fc.Arbitrary<Guardrails> = fc.record({ riskMax: fc.record({ okta: fc.constantFrom(...RISKS) }) });

const RUNS = { numRuns: 1_500 };
const RANK: Record<Decision['effect'], number> = { allow: 0, auto: 1, approval: 2, deny: 3 };
const decide = (asked: DecisionRequest, given: readonly Policy[], rails: Guardrails): Decision =>
  evaluate(asked, bundle(...given), rails, OPERATIONS);

describe('for any policies', () => {
  it('the generated cases reach every effect and every code but fail_closed', () => {
    const seen = new Set<string>();
    const note = ([asked, all, rails]: [DecisionRequest, Policy[], Guardrails]): void => {
      const { effect, code } = decide(asked, all, rails);
      seen.add(effect === 'deny' ? code : effect);
    };
    fc.sample(fc.tuple(request, policies, guardrails), { numRuns: 3_000, seed: 7 }).forEach(note);
    expect([...seen].sort()).toEqual([
      'allow',
      'approval',
      'auto',
      'default_deny',
      'explicit_deny',
      'guardrail',
      'risk_ceiling',
    ]);
  });

  it('their order does not matter', () => {
    const shuffled = policies.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(request, shuffled, guardrails, (asked, [all, other], rails) => {
        expect(decide(asked, other, rails)).toEqual(decide(asked, all, rails));
      }),
      RUNS,
    );
  });

  it('another deny never widens', () => {
    fc.assert(
      fc.property(request, policies, somePolicy, glob, guardrails, (asked, all, extra, deny, rails) => {
        const more = { ...extra, name: 'extra', operations: [], deny: [deny] };
        expect(RANK[decide(asked, [...all, more], rails).effect]).toBeGreaterThanOrEqual(
          RANK[decide(asked, all, rails).effect],
        );
      }),
      RUNS,
    );
  });

  it('another grant never lifts an explicit deny or a guardrail', () => {
    fc.assert(
      fc.property(request, policies, somePolicy, guardrails, (asked, all, extra, rails) => {
        const before = decide(asked, all, rails);
        fc.pre(before.code === 'explicit_deny' || before.code === 'guardrail');
        const more = { ...extra, name: 'extra', deny: [] };
        expect(decide(asked, [...all, more], rails).code).toBe(before.code);
      }),
      RUNS,
    );
  });

  it('raising the risk never loosens', () => {
    fc.assert(
      fc.property(request, policies, guardrails, (asked, all, rails) => {
        const raised = { ...asked, raisedBy: (asked.raisedBy ?? 0) + 1 };
        expect(RANK[decide(raised, all, rails).effect]).toBeGreaterThanOrEqual(RANK[decide(asked, all, rails).effect]);
      }),
      RUNS,
    );
  });

  it('HIGH and CRITICAL never go without a person', () => {
    fc.assert(
      fc.property(request, policies, guardrails, (asked, all, rails) => {
        const { risk, effect } = decide(asked, all, rails);
        fc.pre(risk === 'HIGH' || risk === 'CRITICAL');
        expect(['approval', 'deny']).toContain(effect);
      }),
      RUNS,
    );
  });

  it('an answer comes for any garbage, and it is a denial', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    const garbage = fc.oneof(fc.anything({ withNullPrototype: true, withBigInt: true }), fc.constant(hostile));
    const broken = fc.oneof(
      garbage,
      fc.record({
        ok: fc.constant(true),
        digest: fc.string(),
        policies: fc.oneof(garbage, fc.array(garbage, { minLength: 1 })),
      }),
    );
    fc.assert(
      fc.property(fc.oneof(garbage, request), broken, garbage, garbage, (asked, given, rails, catalogue) => {
        const decision = evaluate(asked as never, given as never, rails as never, catalogue as never);
        expect(decision).toMatchObject({ effect: 'deny', code: 'fail_closed' });
        expect(evaluate(asked as never, given as never, { riskMax: {} }, OPERATIONS).effect).toBe('deny');
      }),
      RUNS,
    );
  });
});
