import type { Approved } from '../transport/exchange.ts';

/** Parts of a path whose name in scopes differs. */
const FAMILIES: Readonly<Record<string, string>> = { iam: 'roles', org: 'orgs' };

/**
 * The OAuth scope that a request needs, such as `okta.users.read`; administrator roles have their
 * own scope under any path (Okta Management API, security of each operation).
 */
export function tokenScope({ method, path }: Approved): string {
  const [, , , family = '', , part] = path.split('/');
  const of = part === 'roles' ? 'roles' : (FAMILIES[family] ?? family);
  return `okta.${of}.${method === 'GET' ? 'read' : 'manage'}`;
}
