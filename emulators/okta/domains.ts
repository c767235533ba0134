import { oktaId } from '../ids.ts';
import type { Json, Route } from '../types.ts';
import type { OktaOrg } from './org.ts';

/** Custom domains and the organisation's own domain. */
export function domainRoutes(org: OktaOrg): Route[] {
  const brand = oktaId('bnd', 0, org.seed);
  const row = (origin: string, id: string, domain: string, more: Json): Json => ({
    id,
    domain,
    ...more,
    brandId: brand,
    _links: {
      self: { href: `${origin}/api/v1/domains/${id}`, hints: { allow: ['GET', 'DELETE'] } },
      brand: {
        href: `${origin}/api/v1/brands/${brand}`,
        hints: { allow: ['GET', 'PUT', 'DELETE'] },
      },
    },
  });
  const managed = { certificateSourceType: 'OKTA_MANAGED', validationStatus: 'COMPLETED' };
  const manual = { certificateSourceType: 'MANUAL', validationStatus: 'NOT_STARTED' };
  return [
    {
      method: 'GET',
      path: '/api/v1/domains',
      operation: 'domains:read',
      scope: 'okta.domains.read',
      handle: ({ origin }) => ({
        status: 200,
        body: {
          domains: [
            row(origin, oktaId('OcD', 0, org.seed), 'login.northwind.example', manual),
            row(origin, 'default', 'northwind.okta-emulated.example', managed),
          ],
        },
      }),
    },
  ];
}
