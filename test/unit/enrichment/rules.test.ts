import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, OPERATOR_NAMES } from '../../../src/governance/operators.ts';
import type { Value } from '../../../src/governance/operators.ts';
import { gravest, verdictOf } from '../../../src/enrichment/rules.ts';
import type { MaliceRules } from '../../../src/enrichment/rules.ts';
import type { Extracted } from '../../../src/enrichment/types.ts';
import { assertProperty } from '../../support/properties.ts';

const NOW = Date.parse('2026-11-22T08:00:00.000Z');
const OLD = '2026-08-01T08:00:00.000Z';

describe('operators', () => {
  it.each<[string, Value, Value, boolean]>([
    ['eq', 'SUSPENDED', 'SUSPENDED', true],
    ['eq', 'SUSPENDED', 'suspended', false],
    ['==', 5, 5, true],
    ['eq', 5, '5', false],
    ['eq', false, false, true],
    ['eq', ['a'], 'a', false],
    ['ne', 'ACTIVE', 'SUSPENDED', true],
    ['!=', 'ACTIVE', 'ACTIVE', false],
    ['ne', ['a'], 'b', false],
    ['gt', 5, 4, true],
    ['>', 4, 4, false],
    ['ge', 4, 4, true],
    ['>=', 3, 4, false],
    ['lt', 3, 4, true],
    ['<', 4, 4, false],
    ['le', 4, 4, true],
    ['<=', 5, 4, false],
    ['gt', '5', 4, false],
    ['lt', OLD, '2026-11-01', true],
    ['gt', OLD, '2026-11-01', false],
    ['gt', 'b', 'a', false],
    ['gt', true, 0, false],
    ['contains', ['Engineering', 'Admins'], 'Admins', true],
    ['contains', ['Admins'], 'Admin', false],
    ['contains', 'Senior Developer', 'Dev', true],
    ['contains', 5, 5, false],
    ['not_contains', ['Engineering'], 'Admins', true],
    ['not_contains', ['Admins'], 'Admins', false],
    ['not_contains', 5, 'Admins', false],
    ['in', 'ACTIVE', ['ACTIVE', 'STAGED'], true],
    ['in', ['sms', 'call'], ['call'], true],
    ['in', 'SUSPENDED', ['ACTIVE'], false],
    ['not_in', 'SUSPENDED', ['ACTIVE'], true],
    ['not_in', ['sms'], ['sms', 'call'], false],
    ['not_in', { a: 1 }, ['ACTIVE'], false],
    ['exists', false, true, true],
    ['missing', 'x', true, false],
    ['starts_with', 'svc-backup', 'svc-', true],
    ['starts_with', 'a-svc-', 'svc-', false],
    ['ends_with', 'ann@example.com', '@example.com', true],
    ['ends_with', 5, '5', false],
    ['older_than_days', OLD, 90, true],
    ['older_than_days', OLD, 120, false],
    ['older_than_days', 'never', 90, false],
    ['older_than_days', OLD, '90', false],
    ['constructor', 'x', 'x', false],
  ])('%s of %j and %j is %s', (operator, actual, value, expected) => {
    expect(holds(operator, actual, { value, now: NOW })).toBe(expected);
  });

  it('match a missing field only with `missing`', () => {
    for (const actual of [undefined, null])
      for (const operator of OPERATOR_NAMES)
        for (const value of [null, 'x', 5, true, ['x'], []] as Value[])
          expect([operator, holds(operator, actual, { value, now: NOW })]).toEqual([
            operator,
            operator === 'missing',
          ]);
  });

  it('accept any values without throwing', () => {
    const values = fc.jsonValue() as fc.Arbitrary<Value>;
    assertProperty(
      fc.property(fc.constantFrom(...OPERATOR_NAMES), values, values, (operator, actual, value) => {
        expect(typeof holds(operator, actual, { value, now: NOW })).toBe('boolean');
      }),
    );
  });
});

const EXTRACTED = {
  user_id: '00u1',
  login: 'ann@example.com',
  email: null,
  status: 'SUSPENDED',
  created: OLD,
  last_login: null,
  department: null,
  title: null,
  manager: null,
  groups: ['Admins'],
  mfa_enrolled: null,
  mfa_state: null,
  mfa_factors: null,
  mfa_factor_types: null,
  is_admin: true,
  roles: ['SUPER_ADMIN'],
  recent_activity: {
    hours: 24,
    failed_sign_ins: 7,
    countries: ['DE'],
    proxies: [],
    unreadable_entries: 0,
  },
} satisfies Extracted;
const RAW = { user: { userType: 'Contractor' }, factors: [{ type: 'sms' }] };

const judge = (rules: MaliceRules, over: object = {}) =>
  verdictOf(
    rules,
    { result: { found: true, ambiguous: false, extracted: EXTRACTED, ...over }, raw: RAW },
    NOW,
  );
const rule = (field: string, operator: string, value: Value | undefined, verdict: string) => ({
  field,
  operator,
  verdict,
  ...(value === undefined ? {} : { value }),
});

describe('rules', () => {
  it.each(['conditions', 'rules'] as const)(
    'under `%s`, the first matching rule decides',
    (word) => {
      const list = [
        rule('status', 'eq', 'ACTIVE', 'Benign'),
        rule('status', 'eq', 'SUSPENDED', 'Suspicious'),
        rule('is_admin', 'eq', true, 'Malicious'),
      ];
      expect(judge({ [word]: list })).toBe('Suspicious');
      expect(judge({ [word]: list.toReversed() })).toBe('Malicious');
    },
  );

  it.each([
    ['recent_activity.failed_sign_ins', 7],
    ['extracted.status', 'SUSPENDED'],
    ['groups.0', 'Admins'],
    ['user.userType', 'Contractor'],
    ['raw.user.userType', 'Contractor'],
    ['factors.0.type', 'sms'],
  ])('%s is a path', (field, value) => {
    expect(judge({ rules: [rule(field, 'eq', value, 'Malicious')] })).toBe('Malicious');
  });

  it.each([
    'groups.length',
    'constructor.name',
    '__proto__.x',
    'status.length',
    'recent_activity.toString',
    'nothing',
    '',
  ])('%s is not a path', (field) => {
    expect(judge({ rules: [rule(field, 'exists', undefined, 'Malicious')] })).toBeNull();
    expect(judge({ rules: [rule(field, 'missing', undefined, 'Malicious')] })).toBe('Malicious');
  });

  it('treat a field whose call failed as missing', () => {
    expect(judge({ rules: [rule('mfa_enrolled', 'eq', false, 'Malicious')] })).toBeNull();
    expect(judge({ rules: [rule('mfa_enrolled', 'missing', undefined, 'Pending')] })).toBe(
      'Pending',
    );
  });

  it('give no verdict if there are none; the defaults apply if no rule matches', () => {
    expect(judge({})).toBeNull();
    expect(judge({ default_verdict: 'Benign' })).toBe('Benign');
    const nobody = { found: false, extracted: null };
    const rules = { default_verdict: 'Benign', not_found_verdict: 'Suspicious' };
    expect(judge(rules, nobody)).toBe('Suspicious');
    expect(judge({ default_verdict: 'Benign' }, nobody)).toBeNull();
    expect(judge(rules, { ...nobody, ambiguous: true })).toBeNull();
    expect(judge(rules, { found: null, extracted: null })).toBeNull();
  });

  it('order the verdicts', () => {
    expect(gravest(['Benign', 'Malicious', null, 'Pending'])).toBe('Malicious');
    expect(gravest(['Pending', 'Benign'])).toBe('Benign');
    expect(gravest(['Benign', 'Suspicious'])).toBe('Suspicious');
    expect(gravest([null])).toBeNull();
  });
});
