import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { lintPolicies } from '../../../src/governance/lint.ts';
import type { Policy } from '../../../src/governance/types.ts';
import { bundleOf, policy } from '../../support/policies.ts';

const at = (line: number) => ({ file: 'p.yaml', line });
const people = (...any_of: string[]): NonNullable<Policy['approvers']> => ({
  any_of,
  count: 1,
  expiresInMs: null,
  grantValidForMs: null,
});
/** Findings as `code severity line`. */
const all = (...policies: Policy[]): string[] =>
  lintPolicies(policies, OPERATIONS).map(
    ({ code, severity, line }) => `${code} ${severity} ${line}`,
  );
/** Without those about user:anonymous: most policies here state no principals. */
const found = (...policies: Policy[]): string[] =>
  all(...policies).filter((one) => !one.startsWith('anonymous_writes'));
const stated = { risk_max: at(3) };

describe('lintPolicies', () => {
  it('reports that approval.critical of the lifecycle example cannot be reached', () => {
    const [anonymous, first, ...others] = lintPolicies(
      bundleOf('policies/examples/okta-user-lifecycle.yaml').policies,
      OPERATIONS,
    );
    expect(anonymous).toMatchObject({ code: 'anonymous_writes', severity: 'info' });
    expect(first).toMatchObject({
      code: 'unreachable_level',
      severity: 'warning',
      policy: 'okta-user-lifecycle',
      file: 'policies/examples/okta-user-lifecycle.yaml',
      line: 7,
      message: 'approval.critical cannot be reached: risk_max is high',
    });
    expect(others.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'hitl_without_approvers info',
    ]);
  });

  it('finds nothing in the live policies except that the members of a channel approve', () => {
    const live = lintPolicies(bundleOf('policies/*.yaml').policies, OPERATIONS);
    expect([...new Set(live.map(({ code, severity }) => `${code} ${severity}`))]).toEqual([
      'hitl_without_approvers info',
    ]);
    expect(live.map(({ policy: name }) => name)).toEqual(
      ['flows', 'operators'].flatMap((who) =>
        ['entra', 'google', 'okta', 'salesforce'].map((of) => `${who}-${of}`),
      ),
    );
  });

  it.each<[string, Partial<Policy>, string[]]>([
    ['no principals', {}, ['anonymous_writes info 5']],
    [
      'the principal itself',
      {
        principals: ['user:*', 'user:anonymous'],
        places: { ...stated, 'principals.1': at(2) },
      },
      ['anonymous_writes info 2'],
    ],
    ['a glob', { principals: ['user:*'] }, []],
    ['no principals, but only reads', { operations: ['users:read*'] }, []],
    ['no principals, but a ceiling below', { riskMax: 'LOW' }, []],
  ])('reports who grants user:anonymous more than reading: %s', (_, given, expected) => {
    const places = { ...stated, operations: at(5) };
    const name = { name: 'a', operations: ['users:update'], riskMax: 'MEDIUM', places } as const;
    expect(
      all(
        policy({ ...name, operations: ['users:update'], approvers: people('group:A'), ...given }),
      ),
    ).toEqual(expected);
  });

  it.each<[string, Policy[], string[]]>([
    [
      'an unknown connector',
      [policy({ name: 'a', connector: 'ldap', deny: ['x:y'] })],
      ['unknown_connector error 1'],
    ],
    [
      'a bare star, which matches nothing',
      [policy({ name: 'a', deny: ['*'], places: { 'deny.0': at(4) } })],
      ['bare_star error 4'],
    ],
    [
      'a bare star among the principals',
      [policy({ name: 'a', principals: ['*'], deny: ['users:suspend'] })],
      ['bare_star error 1'],
    ],
    [
      'a glob and an operation that match nothing',
      [
        policy({
          name: 'a',
          operations: ['user:*', 'users:raed', 'users:read'],
          places: { ...stated, 'operations.0': at(5), 'operations.1': at(6) },
        }),
      ],
      ['matches_nothing warning 5', 'matches_nothing warning 6'],
    ],
    [
      'a missing risk_max',
      [policy({ name: 'a', operations: ['users:read'] })],
      ['missing_risk_max warning 1'],
    ],
    [
      'a level below every operation',
      [
        policy({
          name: 'a',
          operations: ['users:suspend'],
          riskMax: 'HIGH',
          approval: { LOW: 'auto' },
          approvers: people('group:A'),
          places: { ...stated, 'approval.low': at(9) },
        }),
      ],
      ['unreachable_level warning 9'],
    ],
    [
      'a grant that a deny takes away',
      [
        policy({
          name: 'a',
          operations: ['users:suspend', 'users:read'],
          riskMax: 'LOW',
          places: { ...stated, 'operations.0': at(8) },
        }),
        policy({ name: 'b', deny: ['users:s*'] }),
      ],
      ['shadowed_grant warning 8'],
    ],
    [
      'a grant that is denied to others only',
      [
        policy({ name: 'a', operations: ['users:read'], places: stated }),
        policy({ name: 'b', principals: ['user:*'], deny: ['users:read'] }),
      ],
      [],
    ],
    [
      'a deny of everything',
      [policy({ name: 'a', deny: ['*:*'], places: { deny: at(2) } })],
      ['denies_everything warning 2'],
    ],
    [
      'a person asked, with nobody named',
      [policy({ name: 'a', operations: ['users:suspend'], riskMax: 'HIGH', places: stated })],
      ['hitl_without_approvers warning 1'],
    ],
    [
      'a quorum larger than the eligible',
      [
        policy({
          name: 'a',
          operations: ['users:suspend'],
          riskMax: 'HIGH',
          approvers: { ...people('user:a', 'user:b', 'user:a'), count: 3 },
          places: stated,
        }),
      ],
      ['quorum_too_large error 1'],
    ],
    [
      'a group, whose size nobody knows here',
      [
        policy({
          name: 'a',
          operations: ['users:suspend'],
          riskMax: 'HIGH',
          approvers: { ...people('group:A'), count: 3 },
          places: stated,
        }),
      ],
      [],
    ],
    [
      'one person for CRITICAL, which takes two',
      [
        policy({
          name: 'a',
          operations: ['users:clear_sessions'],
          riskMax: 'CRITICAL',
          approvers: people('user:a'),
          places: stated,
        }),
      ],
      ['quorum_too_large warning 1'],
    ],
    [
      'the requester as only approver',
      [
        policy({
          name: 'a',
          principals: ['user:a'],
          operations: ['users:suspend'],
          riskMax: 'HIGH',
          approvers: people('user:a'),
          places: stated,
        }),
      ],
      ['requester_only_approver error 1'],
    ],
  ])('%s', (_, policies, expected) => {
    expect(found(...policies)).toEqual(expected);
    expect(found(...policies.toReversed())).toEqual(expected);
  });
});
