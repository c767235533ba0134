import type { OperationRow } from './types.ts';

/** Okta's operations: the 30 of the published catalogue, then the others that the jobs need. */
// prettier-ignore
export const OKTA_OPERATIONS: readonly OperationRow[] = [
  { connector: 'okta', operation: 'users:read', method: 'GET', path: '/api/v1/users', risk: 'LOW', does: 'List or search users' },
  { connector: 'okta', operation: 'users:read_detail', method: 'GET', path: '/api/v1/users/{userId}', risk: 'LOW', does: 'Get one user' },
  { connector: 'okta', operation: 'users:create', method: 'POST', path: '/api/v1/users', risk: 'MEDIUM', does: 'Create a user' },
  // Merging is the default: POST on the same path. PUT replaces the profile.
  { connector: 'okta', operation: 'users:update', method: 'PUT', path: '/api/v1/users/{userId}', risk: 'MEDIUM', replaces: true, does: "Change the given attributes of a user's profile; with mode=replace also remove all others", wire: [{ method: 'PUT', path: '/api/v1/users/{userId}' }, { method: 'POST', path: '/api/v1/users/{userId}' }] },
  { connector: 'okta', operation: 'users:deactivate', method: 'POST', path: '/api/v1/users/{userId}/lifecycle/deactivate', risk: 'HIGH', takesAccess: true, does: 'Deactivate a user; sign-in stops' },
  { connector: 'okta', operation: 'users:activate', method: 'POST', path: '/api/v1/users/{userId}/lifecycle/activate', risk: 'MEDIUM', does: 'Activate a user' },
  { connector: 'okta', operation: 'users:suspend', method: 'POST', path: '/api/v1/users/{userId}/lifecycle/suspend', risk: 'HIGH', takesAccess: true, does: 'Suspend a user; sign-in stops until unsuspended' },
  { connector: 'okta', operation: 'users:unsuspend', method: 'POST', path: '/api/v1/users/{userId}/lifecycle/unsuspend', risk: 'MEDIUM', does: 'Lift a suspension' },
  { connector: 'okta', operation: 'users:reset_password', method: 'POST', path: '/api/v1/users/{userId}/lifecycle/reset_password', risk: 'HIGH', takesAccess: true, does: "Reset a user's password" },
  { connector: 'okta', operation: 'users:clear_sessions', method: 'DELETE', path: '/api/v1/users/{userId}/sessions', risk: 'CRITICAL', takesAccess: true, does: "Revoke all of a user's sessions" },
  { connector: 'okta', operation: 'users:read_factors', method: 'GET', path: '/api/v1/users/{userId}/factors', risk: 'LOW', does: "List a user's enrolled factors" },
  { connector: 'okta', operation: 'users:read_apps', method: 'GET', path: '/api/v1/users/{userId}/appLinks', risk: 'LOW', does: "List a user's application links" },
  { connector: 'okta', operation: 'groups:read', method: 'GET', path: '/api/v1/groups', risk: 'LOW', does: 'List or search groups' },
  { connector: 'okta', operation: 'groups:read_detail', method: 'GET', path: '/api/v1/groups/{groupId}', risk: 'LOW', does: 'Get one group' },
  { connector: 'okta', operation: 'groups:create', method: 'POST', path: '/api/v1/groups', risk: 'MEDIUM', does: 'Create a group' },
  { connector: 'okta', operation: 'groups:update', method: 'PUT', path: '/api/v1/groups/{groupId}', risk: 'MEDIUM', replaces: true, does: "Replace a group's name and description, and remove its other attributes" },
  { connector: 'okta', operation: 'groups:delete', method: 'DELETE', path: '/api/v1/groups/{groupId}', risk: 'HIGH', takesAccess: true, does: 'Delete a group' },
  { connector: 'okta', operation: 'groups:read_members', method: 'GET', path: '/api/v1/groups/{groupId}/users', risk: 'LOW', does: "List a group's members" },
  { connector: 'okta', operation: 'groups:add_member', method: 'PUT', path: '/api/v1/groups/{groupId}/users/{userId}', risk: 'MEDIUM', does: 'Add a user to a group' },
  { connector: 'okta', operation: 'groups:remove_member', method: 'DELETE', path: '/api/v1/groups/{groupId}/users/{userId}', risk: 'MEDIUM', takesAccess: true, does: 'Remove a user from a group' },
  { connector: 'okta', operation: 'apps:read', method: 'GET', path: '/api/v1/apps', risk: 'LOW', does: 'List applications' },
  { connector: 'okta', operation: 'apps:read_detail', method: 'GET', path: '/api/v1/apps/{appId}', risk: 'LOW', does: 'Get one application' },
  // Okta's specification has no such PUT; the real call is the POST.
  { connector: 'okta', operation: 'apps:assign_user', method: 'PUT', path: '/api/v1/apps/{appId}/users/{userId}', risk: 'MEDIUM', does: 'Assign a user to an application', wire: [{ method: 'POST', path: '/api/v1/apps/{appId}/users' }] },
  { connector: 'okta', operation: 'apps:remove_user', method: 'DELETE', path: '/api/v1/apps/{appId}/users/{userId}', risk: 'MEDIUM', takesAccess: true, does: 'Remove a user from an application' },
  { connector: 'okta', operation: 'authz:read', method: 'GET', path: '/api/v1/authorizationServers', risk: 'LOW', does: 'List authorization servers' },
  { connector: 'okta', operation: 'authz:read_policies', method: 'GET', path: '/api/v1/authorizationServers/{authServerId}/policies', risk: 'LOW', does: "List an authorization server's policies" },
  { connector: 'okta', operation: 'logs:read', method: 'GET', path: '/api/v1/logs', risk: 'LOW', does: 'Query the System Log' },
  { connector: 'okta', operation: 'domains:read', method: 'GET', path: '/api/v1/domains', risk: 'LOW', does: 'List custom domains' },
  { connector: 'okta', operation: 'policies:read', method: 'GET', path: '/api/v1/policies', risk: 'LOW', does: 'List policies (Okta requires a type)' },
  { connector: 'okta', operation: 'policies:read_rules', method: 'GET', path: '/api/v1/policies/{policyId}/rules', risk: 'LOW', does: "List a policy's rules" },

  { connector: 'okta', operation: 'users:expire_password', method: 'POST', path: '/api/v1/users/{userId}/lifecycle/expire_password', risk: 'HIGH', takesAccess: true, does: "Expire a user's password; a new one is set at the next sign-in" },
  { connector: 'okta', operation: 'users:read_groups', method: 'GET', path: '/api/v1/users/{userId}/groups', risk: 'LOW', does: "List a user's groups" },
  { connector: 'okta', operation: 'users:read_roles', method: 'GET', path: '/api/v1/users/{userId}/roles', risk: 'LOW', does: "List a user's administrator roles" },
  { connector: 'okta', operation: 'users:read_enrollments', method: 'GET', path: '/api/v1/users/{userId}/authenticator-enrollments', risk: 'LOW', does: "List a user's authenticator enrolments" },
  { connector: 'okta', operation: 'groups:read_roles', method: 'GET', path: '/api/v1/groups/{groupId}/roles', risk: 'LOW', does: "List a group's administrator roles" },
  { connector: 'okta', operation: 'iam:read_assignees', method: 'GET', path: '/api/v1/iam/assignees/users', risk: 'LOW', does: 'List users who hold administrator roles' },
  { connector: 'okta', operation: 'apps:read_users', method: 'GET', path: '/api/v1/apps/{appId}/users', risk: 'LOW', does: "List an application's users" },
  { connector: 'okta', operation: 'apps:read_groups', method: 'GET', path: '/api/v1/apps/{appId}/groups', risk: 'LOW', does: "List an application's groups" },
  { connector: 'okta', operation: 'authenticators:read', method: 'GET', path: '/api/v1/authenticators', risk: 'LOW', does: 'List authenticators' },
  { connector: 'okta', operation: 'org:read', method: 'GET', path: '/api/v1/org', risk: 'LOW', does: 'Read the settings of the organisation' },
];
