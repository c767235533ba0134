import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluator } from '../../../src/connectors/pipeline/evaluator.ts';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { isMet, valueOf } from '../../../src/governance/conditions.ts';
import type { FieldValues, PolicyCondition } from '../../../src/governance/conditions.ts';
import { diffBundles } from '../../../src/governance/diff.ts';
import { evaluate } from '../../../src/governance/evaluate.ts';
import { lintPolicies } from '../../../src/governance/lint.ts';
import { OPERATOR_NAMES } from '../../../src/governance/operators.ts';
import type { DecisionRequest, Guardrails, Policy } from '../../../src/governance/types.ts';
import { bundle, policy } from '../../support/policies.ts';
import { assertProperty } from '../../support/properties.ts';

const args = { userId: '00u1', groupId: '00g1' };
const ask: DecisionRequest = {
  connector: 'okta',
  operation: 'groups:add_member',
  principal: 'agent:soc',
  args,
};
const grant = (when: PolicyCondition[], more: Partial<Policy> = {}): Policy =>
  policy({ name: 'grant', operations: ['groups:*'], riskMax: 'MEDIUM', when, ...more });
const finance: PolicyCondition = { field: 'group.name', operator: 'eq', value: 'Finance' };
const all = policy({ name: 'all', operations: ['*:*'], riskMax: 'CRITICAL' });
const effect = (
  request: Partial<DecisionRequest>,
  policies: Policy[],
  rails: Guardrails = { riskMax: {} },
) => evaluate({ ...ask, ...request }, bundle(...policies), rails, OPERATIONS).effect;

describe('a condition', () => {
  it('on a grant holds where its value fits, and not where that is unknown', () => {
    const cases = [{ 'group.name': 'Finance' }, { 'group.name': 'Sales' }, { 'group.name': null }];
    expect([...cases, {}].map((about) => effect({ about }, [grant([finance])]))).toEqual([
      'allow',
      'deny',
      'deny',
      'deny',
    ]);
  });

  it('on a deny holds where its value fits, and where that is unknown', () => {
    const deny = policy({ name: 'deny', deny: ['groups:*'], when: [finance] });
    const cases = [{ 'group.name': 'Finance' }, { 'group.name': 'Sales' }, { 'group.name': null }];
    expect([...cases, {}].map((about) => effect({ about }, [all, deny]))).toEqual([
      'deny',
      'allow',
      'allow',
      'deny',
    ]);
  });

  it('on a negated operator is no way around an unknown value', () => {
    const not = { field: 'user.groups', operator: 'not_contains', value: 'Board' };
    expect(effect({}, [grant([not])])).toBe('deny');
    expect(effect({ about: { 'user.groups': ['Sales'] } }, [grant([not])])).toBe('allow');
    expect(effect({ about: { 'user.groups': ['Board'] } }, [grant([not])])).toBe('deny');
  });

  it('holds with all others of its policy', () => {
    const both = [finance, { field: 'is_admin', operator: 'eq', value: false }];
    const about = { 'group.name': 'Finance', is_admin: true };
    expect(effect({ about }, [grant(both)])).toBe('deny');
    expect(effect({ about: { ...about, is_admin: false } }, [grant(both)])).toBe('allow');
  });

  it('reads arguments, ids from the arguments, and the environment of arx.yaml', () => {
    const by = (field: string, value: string) => grant([{ field, operator: 'eq', value }]);
    expect(effect({}, [by('args.groupId', '00g1')])).toBe('allow');
    expect(effect({}, [by('group.id', '00g1')])).toBe('allow');
    expect(effect({}, [by('group.id', '00g2')])).toBe('deny');
    expect(effect({ args: undefined }, [by('group.id', '00g1')])).toBe('deny');
    const production = { riskMax: {}, environment: 'production' };
    expect(effect({}, [by('environment', 'production')], production)).toBe('allow');
    expect(effect({}, [by('environment', 'production')])).toBe('deny');
  });

  it('knows that an operation without a group has none', () => {
    const input = { args: { userId: '00u1' } };
    expect(valueOf('group.name', input)).toBeNull();
    expect(valueOf('user.groups', input)).toBeUndefined();
    expect(valueOf('args.profile.title', { args: { profile: { title: 'x' } } })).toBe('x');
    expect(valueOf('args.__proto__', input)).toBeNull();
    expect(valueOf('args.constructor', input)).toBeNull();
  });

  it('is explained', () => {
    const decision = evaluate(ask, bundle(grant([finance])), { riskMax: {} }, OPERATIONS);
    expect(decision.hints).toEqual([
      'policy grant grants it, but only when group.name eq "Finance", which is unknown here',
    ]);
    const deny = policy({ name: 'deny', deny: ['groups:*'], when: [finance] });
    const lifted = evaluate(
      { ...ask, about: { 'group.name': 'Sales' } },
      bundle(all, deny),
      { riskMax: {} },
      OPERATIONS,
    );
    expect(lifted.considered).toContainEqual({
      policy: 'deny',
      why: 'denies groups:*, but its conditions do not hold',
    });
  });

  it('with an unknown field or operator makes the bundle unusable', () => {
    for (const wrong of [
      { field: 'group.nmae', operator: 'eq', value: 'x' },
      { field: 'is_admin', operator: 'is', value: true },
    ])
      expect(effect({}, [all, grant([wrong])])).toBe('deny');
  });

  it('has an answer for any value', () => {
    const condition = fc.record({
      field: fc.constantFrom('is_admin', 'user.groups', 'args.x', 'environment'),
      operator: fc.constantFrom(...OPERATOR_NAMES),
      value: fc.jsonValue({ maxDepth: 2 }),
    });
    assertProperty(
      fc.property(condition, fc.jsonValue({ maxDepth: 2 }), (one, value) => {
        const about = { [one.field]: value } as never;
        expect(isMet(one as PolicyCondition, { about, now: 0 })).toBeTypeOf('boolean');
        expect(isMet(one as PolicyCondition, {})).toBeNull();
      }),
    );
  });
});

describe('cached decisions', () => {
  it('differ by what conditions read', () => {
    const cached = evaluator();
    const given = bundle(grant([finance]));
    const decide = (about: DecisionRequest['about']) =>
      cached({ ...ask, about }, given, { riskMax: {} }, OPERATIONS).effect;
    const asked: FieldValues[] = [{ 'group.name': 'Finance' }, { 'group.name': 'Sales' }, {}];
    expect([...asked, ...asked].map(decide)).toEqual([
      ...['allow', 'deny', 'deny'],
      ...['allow', 'deny', 'deny'],
    ]);
    const byUser = bundle(grant([{ field: 'user.id', operator: 'eq', value: '00u1' }]));
    const as = (userId: string) =>
      cached({ ...ask, args: { ...args, userId } }, byUser, { riskMax: {} }, OPERATIONS).effect;
    expect([as('00u1'), as('00u2'), as('00u1')]).toEqual(['allow', 'deny', 'allow']);
  });
});

describe('lint and diff', () => {
  it('find conditions that no operation of the policy can meet', () => {
    const when = [{ field: 'app.name', operator: 'eq', value: 'Payroll' }];
    const codes = lintPolicies([grant(when)], OPERATIONS).map(({ code }) => code);
    expect(codes).toContain('never_applies');
  });

  it('do not take a conditional deny for one that always holds', () => {
    const deny = policy({ name: 'deny', deny: ['*:*'], when: [finance] });
    const codes = lintPolicies([grant([]), deny], OPERATIONS).map(({ code }) => code);
    expect(codes).not.toContain('shadowed_grant');
    expect(codes).not.toContain('denies_everything');
  });

  it('find a condition that was removed, also from a deny', () => {
    const rails = { guardrails: { riskMax: {} }, catalogue: OPERATIONS };
    const changes = (before: Policy[], after: Policy[]) =>
      diffBundles(bundle(...before), bundle(...after), rails).filter(
        ({ operation }) => operation === 'groups:add_member',
      );
    expect(changes([grant([finance])], [grant([])])).toMatchObject([{ change: 'wider' }]);
    const deny = (value: string) =>
      policy({ name: 'deny', deny: ['groups:*'], when: [{ ...finance, value }] });
    expect(changes([all, deny('Finance')], [all, deny('Sales')])).toMatchObject([
      { change: 'wider', about: { 'group.name': 'Finance' } },
    ]);
  });
});
