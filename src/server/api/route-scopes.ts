import type { KeyScope } from '../../governance/key-scopes.ts';

/**
 * The scope that an access key needs for each route of /v1, by method and path pattern. A route
 * that is not listed answers nobody.
 */
export const ROUTE_SCOPES: Readonly<Record<string, KeyScope>> = {
  'GET /v1/approvals': 'approvals:read',
  'GET /v1/approvals/:id': 'approvals:read',
  'GET /v1/approvals/:id/history': 'approvals:read',
  'POST /v1/approvals/:id/decisions': 'approvals:decide',
  'GET /v1/enrich/account/:value{.+}': 'enrich',
  'POST /v1/enrich': 'enrich',
  'POST /v1/ispm/events': 'events',
  'GET /v1/runs': 'reports',
  'POST /v1/runs': 'admin',
  'GET /v1/runs/:run': 'reports',
  'POST /v1/runs/:run/cancel': 'admin',
  'GET /v1/runs/:run/report': 'reports',
  'GET /v1/runs/:run/people': 'reports',
  'GET /v1/runs/:run/compare': 'reports',
  'GET /v1/schedule': 'reports',
  'PUT /v1/schedule': 'admin',
  'GET /v1/twin': 'reports',
  'GET /v1/twin/gaps': 'reports',
  'GET /v1/twin/events': 'reports',
  'GET /v1/twin/facts': 'reports',
  'GET /v1/twin/apps': 'reports',
  'GET /v1/twin/admins': 'reports',
  'GET /v1/twin/timeline': 'reports',
  'GET /v1/twin/search': 'reports',
  'POST /v1/syncs': 'admin',
  'GET /v1/syncs/:id': 'reports',
  'GET /v1/policies': 'reports',
  'GET /v1/policies/matrix': 'reports',
  'GET /v1/policies/lint': 'reports',
  'POST /v1/policies/explain': 'reports',
  'GET /v1/keys': 'admin',
  'POST /v1/keys/:name/revoke': 'admin',
  'GET /v1/audit': 'audit',
  'GET /v1/audit/verify': 'audit',
  'GET /v1/audit/export': 'audit',
  'GET /v1/audit/:id{.+}': 'audit',
  'GET /v1/integrations': 'reports',
  'POST /v1/integrations/okta/test': 'admin',
  'GET /v1/events': 'reports',
  'GET /v1/people/:id': 'reports',
  'GET /v1/flows': 'flows',
  'GET /v1/flows/:name': 'flows',
  'POST /v1/flows/:name/runs': 'flows',
  'PUT /v1/flows/:name/enabled': 'admin',
  'GET /v1/flow-runs': 'flows',
  'GET /v1/flow-runs/:run': 'flows',
  'POST /v1/flow-runs/:run/undo': 'flows',
  'GET /v1/resource-sets': 'flows',
  'GET /v1/resource-sets/:name': 'flows',
  'PUT /v1/resource-sets/:name': 'admin',
  'DELETE /v1/resource-sets/:name': 'admin',
};

/** A path pattern as OpenAPI writes it: `{name}` for `:name`. */
export const openapiPath = (pattern: string): string =>
  pattern.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}');
