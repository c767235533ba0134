import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { evaluate } from '../../../src/governance/evaluate.ts';
import type {
  Decision,
  DecisionRequest,
  Guardrails,
  Policy,
} from '../../../src/governance/types.ts';
import {
  glob,
  guardrails,
  policies,
  request,
  somePolicy,
} from '../../support/arbitrary-policies.ts';
import { bundle } from '../../support/policies.ts';
import { assertProperty } from '../../support/properties.ts';

const RUNS = { numRuns: 1_500 };
const RANK: Record<Decision['effect'], number> = { allow: 0, auto: 1, approval: 2, deny: 3 };
const decide = (asked: DecisionRequest, given: readonly Policy[], rails: Guardrails): Decision =>
  evaluate(asked, bundle(...given), rails, OPERATIONS);

const whole = <Item>(items: Item[]): fc.Arbitrary<Item[]> =>
  fc.shuffledSubarray(items, { minLength: items.length });

describe('for any policies', () => {
  it('the generated cases produce every effect, and every code except fail_closed', () => {
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
    assertProperty(
      fc.property(request, shuffled, guardrails, (asked, [all, other], rails) => {
        expect(decide(asked, other, rails)).toEqual(decide(asked, all, rails));
      }),
      RUNS,
    );
  });

  it('the order of the entries within them does not matter', () => {
    const order = (one: Policy): fc.Arbitrary<Policy> =>
      fc
        .record({
          principals: whole(one.principals),
          operations: whole(one.operations),
          deny: whole(one.deny),
        })
        .map((lists) => ({ ...one, ...lists }));
    const shuffled = policies.chain((all) =>
      fc.tuple(fc.constant(all), fc.tuple(...all.map(order))),
    );
    assertProperty(
      fc.property(request, shuffled, guardrails, (asked, [all, other], rails) => {
        const { bundleDigest: _, ...decision } = decide(asked, other, rails);
        expect(decide(asked, all, rails)).toMatchObject(decision);
      }),
      RUNS,
    );
  });

  it('earlier requests to the same bundle do not matter', () => {
    assertProperty(
      fc.property(
        policies,
        fc.array(request, { minLength: 2, maxLength: 4 }),
        guardrails,
        (all, asked, rails) => {
          const kept = bundle(...all);
          for (const one of asked)
            expect(evaluate(one, kept, rails, OPERATIONS)).toEqual(decide(one, all, rails));
          const fewer = OPERATIONS.filter(({ operation }) => operation !== asked[0]?.operation);
          expect(evaluate(asked[0] as DecisionRequest, kept, rails, fewer).code).toBe(
            'fail_closed',
          );
        },
      ),
      RUNS,
    );
  });

  it('another deny never widens', () => {
    assertProperty(
      fc.property(
        request,
        policies,
        somePolicy,
        glob,
        guardrails,
        (asked, all, extra, deny, rails) => {
          const more = { ...extra, name: 'extra', operations: [], deny: [deny] };
          expect(RANK[decide(asked, [...all, more], rails).effect]).toBeGreaterThanOrEqual(
            RANK[decide(asked, all, rails).effect],
          );
        },
      ),
      RUNS,
    );
  });

  it('another grant never lifts an explicit deny or a guardrail', () => {
    assertProperty(
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
    assertProperty(
      fc.property(request, policies, guardrails, (asked, all, rails) => {
        const raised = { ...asked, raisedBy: (asked.raisedBy ?? 0) + 1 };
        expect(RANK[decide(raised, all, rails).effect]).toBeGreaterThanOrEqual(
          RANK[decide(asked, all, rails).effect],
        );
      }),
      RUNS,
    );
  });

  it('HIGH and CRITICAL always require approval by a person', () => {
    assertProperty(
      fc.property(request, policies, guardrails, (asked, all, rails) => {
        const { risk, effect } = decide(asked, all, rails);
        fc.pre(risk === 'HIGH' || risk === 'CRITICAL');
        expect(['approval', 'deny']).toContain(effect);
      }),
      RUNS,
    );
  });

  it('any invalid input is denied, without an exception', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    const garbage = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true }),
      fc.constant(hostile),
    );
    const broken = fc.oneof(
      garbage,
      fc.record({
        ok: fc.constant(true),
        digest: fc.string(),
        policies: fc.oneof(garbage, fc.array(garbage, { minLength: 1 })),
      }),
    );
    assertProperty(
      fc.property(
        fc.oneof(garbage, request),
        broken,
        garbage,
        garbage,
        (asked, given, rails, catalogue) => {
          const decision = evaluate(
            asked as never,
            given as never,
            rails as never,
            catalogue as never,
          );
          expect(decision).toMatchObject({ effect: 'deny', code: 'fail_closed' });
          expect(evaluate(asked as never, given as never, { riskMax: {} }, OPERATIONS).effect).toBe(
            'deny',
          );
        },
      ),
      RUNS,
    );
  });
});
