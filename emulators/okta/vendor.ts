import type { RateLimiter } from '../rate-limit.ts';
import type { Vendor } from '../types.ts';
import { appRoutes } from './apps.ts';
import { authenticatorRoutes } from './authenticators.ts';
import { authzRoutes } from './authz.ts';
import { domainRoutes } from './domains.ts';
import { oktaError } from './errors.ts';
import { withLogging } from './events.ts';
import { factorRoutes } from './factors.ts';
import { oktaFaultAnswers } from './fault-answers.ts';
import { groupRoutes } from './groups.ts';
import { guard } from './guard.ts';
import { lifecycleRoutes } from './lifecycle.ts';
import { logRoutes } from './logs.ts';
import { openIdRoutes } from './openid/routes.ts';
import type { OktaOrg } from './org.ts';
import { orgRoutes } from './org-info.ts';
import { policyRoutes } from './policies.ts';
import { roleRoutes } from './roles.ts';
import { ServiceApp } from './service-app.ts';
import { userRoutes } from './users.ts';
import { writeRoutes } from './writes.ts';

/** The emulated Okta: its route table, combined from the families of routes. */
export function oktaVendor(org: OktaOrg, limiter: RateLimiter): Vendor {
  const app = new ServiceApp(org);
  return {
    name: 'okta',
    routes: [
      ...withLogging(org, [
        ...userRoutes(org),
        ...factorRoutes(org),
        ...authenticatorRoutes(org),
        ...roleRoutes(org),
        ...groupRoutes(org),
        ...appRoutes(org),
        ...authzRoutes(org),
        ...policyRoutes(org),
        ...logRoutes(org),
        ...domainRoutes(org),
        ...orgRoutes(org),
        ...writeRoutes(org),
        ...lifecycleRoutes(org),
      ]),
      ...openIdRoutes(org.signIns, app),
    ],
    guard: (request, route) => guard({ org, limiter, app }, request, route),
    unknownRoute: () => oktaError('E0000022'),
    faults: oktaFaultAnswers(org),
    latencyMs: () => org.settings.latencyMs ?? 0,
    isAccepted: (answer) => answer.status < 400,
  };
}
