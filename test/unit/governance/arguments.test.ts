import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentProblem } from '../../../src/governance/arguments.ts';
import { findOperation, OPERATIONS } from '../../../src/governance/catalogue.ts';
import type { OperationRow } from '../../../src/governance/types.ts';
import { assertProperty } from '../../support/properties.ts';

const row = (connector: string, operation: string): OperationRow => {
  const found = findOperation(connector, operation);
  if (!found) throw new Error(`no ${connector} ${operation}`);
  return found;
};
const ID = '00u1abcdefghijklmnop';
const HOSTILE = [
  '..',
  '.',
  '',
  'me',
  '%2e%2e',
  'a/b',
  'jane@example.com',
  `${ID} `,
  `${ID}\n`,
  'ａ'.repeat(20),
  'a'.repeat(10_000),
];

describe('argumentProblem', () => {
  it('accepts ids for the parameters of every Okta operation', () => {
    for (const one of OPERATIONS.filter(({ connector }) => connector === 'okta')) {
      const names = [...one.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const args = Object.fromEntries(names.map((name) => [name, ID]));
      expect(argumentProblem(one, args)).toBeNull();
      for (const name of names) {
        for (const value of [...HOSTILE, null, 7, [ID], { toString: () => ID }])
          expect(argumentProblem(one, { ...args, [name]: value })).toMatchObject({
            parameter: name,
          });
        const { [name]: _, ...rest } = args;
        expect(argumentProblem(one, rest)).toMatchObject({ parameter: name });
      }
    }
  });

  it('allows only ids in a path, whatever the input', () => {
    assertProperty(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.webPath()), (userId) => {
        fc.pre(!/^[A-Za-z0-9]{20}$/.test(userId));
        expect(argumentProblem(row('okta', 'users:suspend'), { userId })).not.toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it('accepts the default authorization server, issues and projects, and calls without a parameter', () => {
    expect(
      argumentProblem(row('okta', 'authz:read_policies'), { authServerId: 'default' }),
    ).toBeNull();
    expect(argumentProblem(row('okta', 'users:suspend'), { userId: 'default' })).not.toBeNull();
    expect(argumentProblem(row('jira', 'issues:read'), { by: 'jql', jql: 'x' })).toBeNull();
    expect(argumentProblem(row('jira', 'issues:comment'), { key: 'SEC-1' })).toBeNull();
    expect(argumentProblem(row('jira', 'issues:comment'), { key: '../SEC-1' })).toMatchObject({
      parameter: 'key',
    });
    expect(argumentProblem(row('slack', 'chat:write'), { channel: '#x' })).toBeNull();
  });

  it('accepts the ids of the other directories', () => {
    const guid = '11111111-2222-3333-4444-555555555555';
    const right: [string, string, object][] = [
      ['entra', 'users:disable', { userId: guid }],
      ['entra', 'users:read', { user: 'ann_x.example#EXT#@northwind.onmicrosoft.com' }],
      ['entra', 'groups:remove_member', { groupId: guid, userId: guid }],
      ['google', 'users:suspend', { user: '100511723298774840978' }],
      ['google', 'users:read', { user: 'ann@northwind.example' }],
      ['salesforce', 'users:deactivate', { userId: '005W0fC000qR9X8ICK' }],
      ['email', 'email:send', {}],
    ];
    expect(
      right.map(([connector, operation, args]) => argumentProblem(row(connector, operation), args)),
    ).toEqual(right.map(() => null));
    for (const value of HOSTILE.filter((one) => one !== 'jane@example.com')) {
      for (const [connector, operation, args] of right.slice(0, -1))
        for (const name of Object.keys(args))
          expect(
            argumentProblem(row(connector, operation), { ...args, [name]: value }),
          ).toMatchObject({
            parameter: name,
          });
    }
    expect(
      argumentProblem(row('entra', 'users:disable'), { userId: 'jane@example.com' }),
    ).not.toBeNull();
  });

  it.each([null, undefined, 'x', 3, [[]]])('refuses %j as arguments', (args) => {
    expect(argumentProblem(row('okta', 'users:read'), args)).toMatchObject({ parameter: null });
  });
});
