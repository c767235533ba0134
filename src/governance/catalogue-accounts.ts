import type { OperationRow } from './types.ts';

/** Operations of Entra ID (Microsoft Graph v1.0). */
// prettier-ignore
export const ENTRA_OPERATIONS: readonly OperationRow[] = [
  { connector: 'entra', operation: 'users:read', method: 'GET', path: '/v1.0/users/{user}', risk: 'LOW', does: 'Read a user' },
  { connector: 'entra', operation: 'users:disable', method: 'PATCH', path: '/v1.0/users/{userId}', risk: 'HIGH', takesAccess: true, does: "Block a user's sign-in" },
  { connector: 'entra', operation: 'users:enable', method: 'PATCH', path: '/v1.0/users/{userId}', risk: 'MEDIUM', does: "Unblock a user's sign-in" },
  { connector: 'entra', operation: 'users:revoke_sessions', method: 'POST', path: '/v1.0/users/{userId}/revokeSignInSessions', risk: 'CRITICAL', takesAccess: true, does: "Invalidate a user's refresh tokens and sessions" },
  { connector: 'entra', operation: 'groups:read', method: 'GET', path: '/v1.0/groups/{groupId}/members', risk: 'LOW', does: 'Read whether a user is a member of a group' },
  { connector: 'entra', operation: 'groups:add_member', method: 'POST', path: '/v1.0/groups/{groupId}/members/$ref', risk: 'MEDIUM', does: 'Add a user to a group' },
  { connector: 'entra', operation: 'groups:remove_member', method: 'DELETE', path: '/v1.0/groups/{groupId}/members/{userId}/$ref', risk: 'MEDIUM', takesAccess: true, does: 'Remove a user from a group' },
];

/** Operations of Google Workspace (Admin SDK Directory API). */
// prettier-ignore
export const GOOGLE_OPERATIONS: readonly OperationRow[] = [
  { connector: 'google', operation: 'users:read', method: 'GET', path: '/admin/directory/v1/users/{user}', risk: 'LOW', does: 'Read a user' },
  { connector: 'google', operation: 'users:suspend', method: 'PATCH', path: '/admin/directory/v1/users/{user}', risk: 'HIGH', takesAccess: true, does: 'Suspend a user' },
  { connector: 'google', operation: 'users:unsuspend', method: 'PATCH', path: '/admin/directory/v1/users/{user}', risk: 'MEDIUM', does: 'Lift the suspension of a user' },
];

/** Operations of Salesforce (REST API v62.0). */
// prettier-ignore
export const SALESFORCE_OPERATIONS: readonly OperationRow[] = [
  { connector: 'salesforce', operation: 'users:read', method: 'GET', path: '/services/data/v62.0/query', risk: 'LOW', does: 'Find a user by id or user name' },
  { connector: 'salesforce', operation: 'users:read_login', method: 'GET', path: '/services/data/v62.0/query', risk: 'LOW', does: 'Read whether a user is frozen or locked out' },
  { connector: 'salesforce', operation: 'users:deactivate', method: 'PATCH', path: '/services/data/v62.0/sobjects/User/{userId}', risk: 'HIGH', takesAccess: true, does: 'Deactivate a user' },
  { connector: 'salesforce', operation: 'users:activate', method: 'PATCH', path: '/services/data/v62.0/sobjects/User/{userId}', risk: 'MEDIUM', does: 'Activate a user' },
];

/** E-mail. SMTP has no method or path; these are placeholders for the one operation. */
// prettier-ignore
export const EMAIL_OPERATIONS: readonly OperationRow[] = [
  { connector: 'email', operation: 'email:send', method: 'POST', path: '/', risk: 'LOW', writes: true, does: 'Send a message' },
];
