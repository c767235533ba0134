import type { Approved } from '../transport/exchange.ts';

/** What of a path is called otherwise in scopes. */
const FAMILIES: Readonly<Record<string, string>> = { iam: 'roles', org: 'orgs' };

/**
 * The OAuth scope that a request needs, such as `okta.users.read`; administrator roles have their
 * own wherever they stand. (Okta Management API, security of each operation)
 */
export function tokenScope({ method, path }: Approved): string {
  const [, , , family = '', , part] = path.split('/');
  const of = part === 'roles' ? 'roles' : (FAMILIES[family] ?? family);
  return `okta.${of}.${method === 'GET' ? 'read' : 'manage'}`;
}
