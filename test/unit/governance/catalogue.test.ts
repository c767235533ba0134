import { describe, expect, it } from 'vitest';
import {
  CATALOGUE,
  CONNECTORS,
  findOperation,
  OPERATIONS,
} from '../../../src/governance/catalogue.ts';
import { itWithReference, readReference } from '../../support/reference.ts';

function referenceCalls(...file: string[]): Set<string> {
  const { paths } = readReference<{ paths: Record<string, Record<string, unknown>> }>(...file);
  return new Set(
    Object.entries(paths).flatMap(([route, methods]) =>
      Object.keys(methods).map((method) => call(method, route)),
    ),
  );
}
const call = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.replace(/\{[^}]+\}/g, '{}')}`;

describe('catalogue', () => {
  it('contains the 30 published Okta operations by family, and the others', () => {
    const families = OPERATIONS.filter(({ connector }) => connector === 'okta')
      .slice(0, 30)
      .map(({ operation }) => operation.split(':')[0]);
    const counts = Object.fromEntries(
      [...new Set(families)].map((f) => [f, families.filter((g) => g === f).length]),
    );
    expect(counts).toEqual({
      users: 12,
      groups: 8,
      apps: 4,
      authz: 2,
      logs: 1,
      domains: 1,
      policies: 2,
    });
    const total = (name: string): number => CATALOGUE.operations(name).length;
    expect(CONNECTORS.map((name) => [name, total(name)])).toEqual([
      ['okta', 40],
      ['jira', 10],
      ['slack', 7],
      ['entra', 7],
      ['google', 3],
      ['salesforce', 4],
      ['email', 1],
    ]);
  });

  it('names each operation once, in two segments', () => {
    const keys = OPERATIONS.map(({ connector, operation }) => `${connector} ${operation}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(OPERATIONS.filter(({ operation }) => !/^[a-z]+:[a-z_]+$/.test(operation))).toEqual([]);
  });

  it('has risk LOW for every read, and a higher risk for every other call except messages', () => {
    const vendors = OPERATIONS.filter(
      ({ connector }) => connector !== 'slack' && connector !== 'email',
    );
    const wrong = vendors.filter(({ method, risk }) => (method === 'GET') !== (risk === 'LOW'));
    expect(wrong.map(({ operation }) => operation)).toEqual([]);
    const risky = OPERATIONS.filter(({ risk }) => risk === 'HIGH' || risk === 'CRITICAL');
    expect(risky.map(({ operation, risk }) => `${operation} ${risk}`)).toEqual([
      'users:deactivate HIGH',
      'users:suspend HIGH',
      'users:reset_password HIGH',
      'users:clear_sessions CRITICAL',
      'groups:delete HIGH',
      'users:expire_password HIGH',
      'users:disable HIGH',
      'users:revoke_sessions CRITICAL',
      'users:suspend HIGH',
      'users:deactivate HIGH',
    ]);
  });

  itWithReference.for([
    [
      'okta',
      'okta-30ops-trimmed.openapi.json',
      [
        'users:expire_password',
        'users:read_enrollments',
        'apps:read_groups',
        'authenticators:read',
      ],
    ],
    [
      'jira',
      'jira-cloud-v3-trimmed.openapi.json',
      // The subset lacks the fields of screens, permissions and users.
      ['issues:read', 'permissions:read', 'users:lookup'],
    ],
  ] as const)(
    '%s: what is really sent stands in the vendor’s specification',
    ([connector, file, notInSubset]) => {
      const known = referenceCalls(connector, file);
      const foreign = OPERATIONS.filter((row) => row.connector === connector).filter((row) =>
        (row.wire ?? [row]).some(({ method, path }) => !known.has(call(method, path))),
      );
      expect(foreign.map(({ operation }) => operation)).toEqual(notInSubset);
    },
  );

  it('finds by connector and operation, and by glob', () => {
    expect(findOperation('okta', 'users:read')?.path).toBe('/api/v1/users');
    expect(findOperation('jira', 'users:read')).toBeUndefined();
    expect(findOperation('okta', 'constructor')).toBeUndefined();
    expect(CATALOGUE.matching('okta', 'logs:*')).toEqual(['logs:read']);
    expect(CATALOGUE.matching('nobody', '*:*')).toEqual([]);
  });
});
