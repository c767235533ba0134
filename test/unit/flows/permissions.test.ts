import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accessTo,
  mayRunAny,
  namesGroups,
  PERMISSION_SPELLINGS,
  permissionsOn,
  readPermission,
} from '../../../src/flows/permissions.ts';
import type { FlowVerb } from '../../../src/flows/permissions.ts';
import type { ResourceSet } from '../../../src/flows/types.ts';
import { assertProperty } from '../../support/properties.ts';

const FLOW = 'Suspend Okta Account';
const VERBS: readonly FlowVerb[] = ['list', 'show', 'run', 'history', 'undo'];
// Each kind of member, and a caller who is one.
const MEMBERS = [
  { kind: 'user', member: 'user:ann@example.com', principal: 'user:ANN@Example.com', groups: [] },
  {
    kind: 'group',
    member: 'group:Security Operations',
    principal: 'user:bob@example.com',
    groups: ['Security Operations'],
  },
  { kind: 'key', member: 'key:ispm', principal: 'agent:ispm', groups: [] },
] as const;
const NONE = {
  list: 'not_found',
  show: 'not_found',
  run: 'not_found',
  history: 'not_found',
  undo: 'not_found',
};
const VIEW = {
  list: 'granted',
  show: 'granted',
  run: 'forbidden',
  history: 'granted',
  undo: 'forbidden',
};
const RUN = {
  list: 'granted',
  show: 'granted',
  run: 'granted',
  history: 'granted',
  undo: 'granted',
};
const GRANTS = [
  { spelled: null, answers: NONE },
  { spelled: 'view', answers: VIEW },
  { spelled: 'okta.workflows.flows.read', answers: VIEW },
  { spelled: 'okta.workflows.read', answers: VIEW },
  { spelled: 'run', answers: RUN },
  { spelled: 'okta.workflows.flows.invoke', answers: RUN },
  { spelled: 'okta.workflows.invoke', answers: RUN },
] as const;

const set = (given: Partial<ResourceSet> = {}): ResourceSet => ({
  name: 's',
  flows: [FLOW],
  members: ['user:ann@example.com'],
  permissions: ['run'],
  ...given,
});
const setWith = (spelled: string, member: string): ResourceSet => {
  const permission = readPermission(spelled);
  if (!permission) throw new Error(spelled);
  return set({ members: [member], permissions: [permission] });
};

describe.each(MEMBERS)('a member by $kind', ({ member, principal, groups }) => {
  describe.each(GRANTS)('with $spelled', ({ spelled, answers }) => {
    it.each(VERBS)('to %s', (verb) => {
      const sets = spelled === null ? [] : [setWith(spelled, member)];
      expect(accessTo(verb, permissionsOn(sets, FLOW, { principal, groups }))).toBe(answers[verb]);
      expect(accessTo(verb, permissionsOn(sets, 'Another Flow', { principal, groups }))).toBe(
        'not_found',
      );
    });
  });
});

describe('permissionsOn', () => {
  it('combines all sets, and * means every flow', () => {
    const ann = { principal: 'user:ann@example.com', groups: ['G'] };
    const sets = [
      set({ permissions: ['view'] }),
      set({ members: ['group:G'], flows: ['*'], permissions: ['run'] }),
    ];
    expect(permissionsOn(sets, FLOW, ann)).toEqual(['view', 'run']);
    expect(permissionsOn(sets, 'Whatever', ann)).toEqual(['view', 'run']);
    expect(permissionsOn(sets.slice(0, 1), FLOW, ann)).toEqual(['view']);
  });

  it.each([
    ['another login', 'user:ann@example.com', { principal: 'user:annn@example.com', groups: [] }],
    [
      'a key with the name of a user',
      'user:ann@example.com',
      { principal: 'agent:ann@example.com', groups: [] },
    ],
    ['a user with the name of a key', 'key:ispm', { principal: 'user:ispm', groups: [] }],
    ['a key in another case', 'key:ispm', { principal: 'agent:ISPM', groups: [] }],
    [
      'a group in another case',
      'group:Sec',
      { principal: 'user:ann@example.com', groups: ['sec'] },
    ],
    ['a service in a group', 'group:Sec', { principal: 'agent:ispm', groups: ['Sec'] }],
    ['an unknown caller', 'user:anonymous', { principal: 'user:anonymous', groups: ['Sec'] }],
    ['an unknown caller in a group', 'group:Sec', { principal: 'user:Anonymous', groups: ['Sec'] }],
    ['a flow', 'user:ann@example.com', { principal: 'flow:ann@example.com', groups: [] }],
    [
      'a member without a kind',
      'ann@example.com',
      { principal: 'user:ann@example.com', groups: ['ann@example.com'] },
    ],
  ])('gives nothing to %s', (_who, member, asker) => {
    expect(permissionsOn([set({ members: [member], flows: ['*'] })], FLOW, asker)).toEqual([]);
    expect(mayRunAny([set({ members: [member] })], asker)).toBe(false);
  });

  it('never gives run without view, or any permission without a set that grants it', () => {
    const names = fc.constantFrom('user:a', 'user:b', 'key:a', 'group:a', 'group:b');
    const sets = fc.array(
      fc.record({
        name: fc.string(),
        flows: fc.subarray(['x', 'y', '*']),
        members: fc.array(names),
        permissions: fc.subarray(['view', 'run'] as const),
      }),
    );
    const asker = fc.record({
      principal: fc.constantFrom('user:a', 'user:c', 'agent:a', 'user:anonymous'),
      groups: fc.subarray(['a', 'b']),
    });
    assertProperty(
      fc.property(sets, asker, (given, who) => {
        const has = permissionsOn(given, 'x', who);
        expect(has.includes('run') ? has.includes('view') : true).toBe(true);
        if (has.length > 0)
          expect(
            given.some(
              ({ flows, permissions }) => permissions.length > 0 && /[x*]/.test(flows.join()),
            ),
          ).toBe(true);
        if (has.includes('run')) expect(mayRunAny(given, who)).toBe(true);
      }),
    );
  });
});

describe('parsing and routing', () => {
  it('accepts exactly six spellings', () => {
    expect(Object.keys(PERMISSION_SPELLINGS)).toHaveLength(6);
    for (const other of ['', 'View', 'okta.workflows.flows.manage', 'constructor', '__proto__'])
      expect(readPermission(other)).toBeNull();
  });
  it('needs groups only if a set contains one', () => {
    expect(namesGroups([set()])).toBe(false);
    expect(namesGroups([set(), set({ members: ['key:a', 'group:G'] })])).toBe(true);
  });
  it('reveals an event without a route only to callers who may run some flow', () => {
    const ann = { principal: 'user:ann@example.com', groups: [] };
    expect([
      mayRunAny([set()], ann),
      mayRunAny([set({ permissions: ['view'] })], ann),
      mayRunAny([], ann),
    ]).toEqual([true, false, false]);
  });
});
