import { oktaId } from '../ids.ts';
import type { Route } from '../types.ts';
import type { OktaOrg } from './org.ts';

/** GET /org, which `arx doctor` and permission checks use. */
export function orgRoutes(org: OktaOrg): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/org',
      operation: 'org:read',
      scope: 'okta.orgs.read',
      handle: ({ origin }) => ({
        status: 200,
        body: {
          id: oktaId('00o', 0, org.seed),
          subdomain: 'emulated',
          companyName: 'Northwind Emulated',
          status: 'ACTIVE',
          created: '2021-05-04T09:00:00.000Z',
          lastUpdated: '2024-03-04T09:00:00.000Z',
          _links: { organization: { href: `${origin}/api/v1/org`, hints: { allow: ['GET'] } } },
        },
      }),
    },
  ];
}
