import type { RateLimiter } from '../rate-limit.ts';
import type { Vendor } from '../types.ts';
import { oktaError } from './errors.ts';
import { factorRoutes } from './factors.ts';
import { oktaFaultAnswers } from './fault-answers.ts';
import { groupRoutes } from './groups.ts';
import { guard } from './guard.ts';
import type { OktaOrg } from './org.ts';
import { orgRoutes } from './org-info.ts';
import { ServiceApp } from './service-app.ts';
import { userRoutes } from './users.ts';
import { writeRoutes } from './writes.ts';

/** The emulated Okta: one route table, made of the families. */
export function oktaVendor(org: OktaOrg, limiter: RateLimiter): Vendor {
  const app = new ServiceApp(org);
  return {
    name: 'okta',
    routes: [
      ...userRoutes(org),
      ...factorRoutes(org),
      ...groupRoutes(org),
      ...orgRoutes(org),
      ...writeRoutes(org),
      ...app.routes(),
    ],
    guard: (request, route) => guard({ org, limiter, app }, request, route),
    unknownRoute: () => oktaError('E0000022'),
    faults: oktaFaultAnswers(org),
    taken: (answer) => answer.status < 400,
  };
}
