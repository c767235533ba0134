import { describe, expect, it } from 'vitest';
import { isMet } from '../../../src/flows/conditions.ts';
import type { ConditionFacts } from '../../../src/flows/conditions.ts';
import { resolveInputs } from '../../../src/flows/flow-inputs.ts';
import { fillParams, namesIn } from '../../../src/flows/flow-text.ts';
import { planOf, undoAfter } from '../../../src/flows/plan.ts';
import type { Flow, FlowCondition, FlowInput } from '../../../src/flows/types.ts';
import { issueWith } from './events.ts';
import { shippedConfig, shippedFlow } from './shipped.ts';

const facts = (
  values: ConditionFacts['values'],
  texts: ConditionFacts['texts'] = {},
): ConditionFacts => ({
  values,
  texts,
});

describe('fillParams', () => {
  const given = facts(
    { group: '00g1', n: 5, on: true, sly: '{{issueTitle}} $group' },
    { issueTitle: 'T & <T>' },
  );
  it.each([
    ['$group', '00g1'],
    ['$n', 5],
    ['$on', true],
    ['$$group', '$group'],
    ['$group!', '$group!'],
    ['in $group', 'in $group'],
    ['{{group}}: {{ issueTitle }}, {{n}}', '00g1: T & <T>, 5'],
    ['{{missing}}.', '.'],
    ['{{constructor}}{{__proto__}}', ''],
    ['{{sly}}', '{{issueTitle}} $group'],
    ['$sly', '{{issueTitle}} $group'],
    ['{{ }} {{a b}} {', '{{ }} {{a b}} {'],
  ])('converts %j to %j', (text, filled) => {
    expect(fillParams({ text }, given)).toEqual({ text: filled });
  });
  it('fills lists and mappings, keeps other values, and omits names without a value', () => {
    const params = {
      a: ['$group', { b: '{{n}}' }, '$none'],
      c: null,
      d: 1,
      e: '$none',
      f: '$toString',
    };
    expect(fillParams(params, given)).toEqual({ a: ['00g1', { b: '5' }], c: null, d: 1 });
  });
  it('lists the names that it would fill, with their paths', () => {
    expect(namesIn({ a: '$x', b: ['{{y}} and {{z}}', '$$no'] })).toEqual([
      { name: 'x', whole: true, path: ['a'] },
      { name: 'y', whole: false, path: ['b', 0] },
      { name: 'z', whole: false, path: ['b', 0] },
    ]);
  });
});

describe('conditions', () => {
  const given = facts(
    { n: 5, on: false, word: 'Admin: Global' },
    { issueSeverity: 'High', word: 'shadowed', empty: '' },
  );
  const is = (input: string, test: FlowCondition['is'], value?: FlowCondition['value']) =>
    isMet({ input, is: test, value }, given);
  it.each([
    ['word', 'present', undefined, true],
    ['missing', 'present', undefined, false],
    ['missing', 'absent', undefined, true],
    ['empty', 'absent', undefined, true],
    ['toString', 'present', undefined, false],
    ['issueSeverity', 'equals', ' HIGH', true],
    ['word', 'equals', 'shadowed', false],
    ['n', 'equals', 5, true],
    ['n', 'equals', '5', true],
    ['on', 'equals', false, true],
    ['on', 'equals', true, false],
    ['missing', 'equals', 'undefined', false],
    ['missing', 'not_equals', 'x', true],
    ['n', 'not_equals', 5, false],
    ['issueSeverity', 'one_of', ['Low', 'high'], true],
    ['issueSeverity', 'one_of', ['Low'], false],
    ['word', 'matches', 'admin*', true],
    ['word', 'matches', '*: glob*', true],
    ['word', 'matches', 'admin', false],
    ['word', 'matches', 'Admin. Global', false],
    ['missing', 'matches', '*', false],
  ] as const)('%s %s %j: %j', (input, test, value, expected) => {
    expect(is(input, test, value)).toBe(expected);
  });
  it('match long texts quickly', () => {
    const long = facts({ text: 'a'.repeat(100_000) });
    const begun = performance.now();
    expect(isMet({ input: 'text', is: 'matches', value: `${'a*'.repeat(200)}b` }, long)).toBe(
      false,
    );
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

const input = (given: Partial<FlowInput> = {}): FlowInput => ({
  type: 'text',
  required: true,
  description: null,
  ...given,
});
const resolve = (inputs: Flow['inputs'], given: Record<string, unknown> = {}, account?: string) =>
  resolveInputs({ flow: { inputs }, issue: issueWith(), given, account });

describe('resolveInputs', () => {
  it('uses the given value, or the field, or the default, and takes the account from the issue', () => {
    const inputs = {
      account: input({ type: 'id', from: 'account' }),
      title: input({ from: 'issueTitle' }),
      other: input({ from: 'issueTitle' }),
      count: input({ type: 'integer', default: 3, required: false }),
      none: input({ required: false }),
    };
    expect(resolve(inputs, { other: 'mine' })).toEqual({
      ok: true,
      values: {
        account: '00ktw0utvzPBXxny16x7',
        title: 'Unused Admin Account',
        other: 'mine',
        count: 3,
      },
    });
    expect(resolve(inputs, {}, 'resolved')).toMatchObject({ values: { account: 'resolved' } });
  });

  it('accepts text as given on the command line', () => {
    const inputs = {
      n: input({ type: 'integer' }),
      on: input({ type: 'boolean' }),
      mail: input({ type: 'email' }),
      id: input({ type: 'id' }),
    };
    expect(resolve(inputs, { n: '-12', on: 'false', mail: ' a@b.c ', id: ' 00g1 ' })).toMatchObject(
      {
        values: { n: -12, on: false, mail: 'a@b.c', id: '00g1' },
      },
    );
  });

  it.each([
    ['integer', [1.5, '1.5', '1e3', '', null, true, 2 ** 60]],
    ['boolean', ['yes', 1, 'TRUE']],
    ['email', ['a', 'a@', '@b', 'a@b@c', 'a b@c', 'a@b\r\nBcc: x@y', 'a@b,c@d', 'x <a@b>']],
    ['id', ['', ' ', 'a/b', '..', '.', 'a?b', 'a b', '%2e%2e', 'a\\b', 'x'.repeat(256), 7]],
    ['text', ['', 'a\u0000', '\ud800', 'x'.repeat(4_001), 5, {}, []]],
  ] as const)('names an input of type %s that does not fit', (type, values) => {
    for (const value of values) {
      const read = resolve({ it: input({ type }) }, { it: value });
      expect(read).toMatchObject({ ok: false, problems: [{ field: 'inputs.it' }] });
      expect(JSON.stringify(read)).not.toContain('Bcc');
    }
  });

  it('names inputs that are missing, unknown, or cannot be given', () => {
    const given = JSON.parse('{"account": "x", "typo": 1, "__proto__": 2}') as Record<
      string,
      unknown
    >;
    const read = resolve(
      { account: input({ type: 'id', from: 'account' }), group: input({ type: 'id' }) },
      given,
    );
    expect(read.ok ? [] : read.problems.map(({ field }) => field)).toEqual([
      'inputs.typo',
      'inputs.__proto__',
      'inputs.account',
      'inputs.group',
    ]);
  });

  it('has no account for an OAuth grant', () => {
    const issue = issueWith({ entityType: 'OAuth grant' });
    const flow = { inputs: { account: input({ type: 'id', from: 'account' }) } };
    expect(resolveInputs({ flow, issue, given: {} }).ok).toBe(false);
  });
});

describe('planOf', () => {
  const flow = shippedFlow('Disable Entra ID Account');
  const issue = issueWith({ entitySourceProductName: 'AAD' });
  const plan = (values: ConditionFacts['values'], changed: Partial<Flow> = {}) =>
    planOf({ flow: { ...flow, ...changed }, issue, values });

  it('fills steps and undo, and skips steps whose conditions are not met', () => {
    const { unmet, steps, undo } = plan({ account: 'guid', revoke_sessions: false });
    expect(unmet).toBeNull();
    expect(steps).toEqual([
      {
        id: 'disable',
        operation: 'entra:users:disable',
        params: { userId: 'guid' },
        skipped: false,
        withinMs: 60_000,
      },
      {
        id: 'revoke',
        operation: 'entra:users:revoke_sessions',
        params: { userId: 'guid' },
        skipped: true,
        withinMs: null,
      },
    ]);
    expect(undo).toEqual([
      { id: 'undo-1', operation: 'entra:users:enable', params: { userId: 'guid' } },
    ]);
    expect(
      plan({ account: 'guid', revoke_sessions: true }).steps.map(({ skipped }) => skipped),
    ).toEqual([false, false]);
  });

  it('names the condition of the flow that is not met', () => {
    const when: FlowCondition[] = [{ input: 'issueSeverity', is: 'equals', value: 'Low' }];
    expect(plan({ account: 'guid' }, { when }).unmet).toEqual(when[0]);
  });

  it('undoes only what was done', () => {
    const made = plan({ account: 'guid', revoke_sessions: true });
    expect(undoAfter(made, new Set(['disable', 'revoke']))).toHaveLength(1);
    // The account was disabled before; only its sessions were ended.
    expect(undoAfter(made, new Set(['revoke']))).toBeNull();
    expect(undoAfter(made, new Set())).toBeNull();
    expect(undoAfter({ ...made, undo: null }, new Set(['disable']))).toBeNull();
  });

  it('keeps undo calls that are not the inverse of a step, and distinguishes groups', () => {
    const call = (id: string, operation: string, groupId: string) => ({
      id,
      operation,
      params: { groupId, userId: 'u' },
    });
    const step = (id: string, groupId: string) => ({
      ...call(id, 'okta:groups:add_member', groupId),
      skipped: false,
      withinMs: null,
    });
    const undo = [
      call('undo-1', 'okta:groups:remove_member', 'g1'),
      call('undo-2', 'okta:groups:remove_member', 'g2'),
      call('undo-3', 'okta:users:clear_sessions', 'g'),
    ];
    const left = undoAfter(
      { steps: [step('one', 'g1'), step('two', 'g2')], undo },
      new Set(['two']),
    );
    expect(left?.map(({ id }) => id)).toEqual(['undo-2', 'undo-3']);
  });
});

describe('every included flow', () => {
  const given = { group: '00g1abcdefghijklmnop' };
  it.each(
    shippedConfig()
      .flows.filter(({ steps }) => steps.length > 0)
      .map((flow) => [flow.name, flow] as const),
  )('%s: is filled with the account alone, and a group where it has one', (_name, flow) => {
    const issue = issueWith({ entitySourceProductName: flow.product });
    const inputs = resolveInputs({ flow, issue, given: 'group' in flow.inputs ? given : {} });
    if (!inputs.ok) throw new Error(JSON.stringify(inputs.problems));
    const { unmet, steps, undo } = planOf({ flow, issue, values: inputs.values });
    expect(unmet).toBeNull();
    expect(steps.some(({ skipped }) => !skipped)).toBe(true);
    for (const call of [...steps, ...(undo ?? [])]) {
      expect(Object.values(call.params)).toContain('00ktw0utvzPBXxny16x7');
      expect(JSON.stringify(call.params)).not.toMatch(/\$|\{\{/);
    }
  });
});
