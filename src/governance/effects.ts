/** What each change does, and what of it cannot be undone, in a sentence for those who decide. */

import { findOperation } from './catalogue.ts';

const EFFECTS: Readonly<Record<string, string>> = {
  'okta:users:create':
    'Creates an account. It can be deactivated again, but Okta keeps it until it is deleted.',
  'okta:users:update':
    'Changes the profile. The values before the change are not kept, so they cannot be restored from here.',
  'okta:users:deactivate':
    'Ends all access and removes the app assignments. Activating the account again does not bring them back; the password and factors must be set up again.',
  'okta:users:activate':
    'Activates the account: the user can sign in. It can be deactivated again.',
  'okta:users:suspend':
    'The user cannot sign in until the suspension is lifted. Nothing else is lost.',
  'okta:users:unsuspend': 'The user can sign in again. It can be suspended again.',
  'okta:users:reset_password':
    'The password stops working, and Okta sends a link to set a new one. The old password cannot be restored.',
  'okta:users:expire_password':
    'The user must set a new password at the next sign-in. The old password cannot be restored.',
  'okta:users:clear_sessions':
    'Ends every session of the user, who must sign in again. Unsaved work in them is lost and cannot be restored.',
  'okta:groups:create': 'Creates a group without members. It can be deleted again.',
  'okta:groups:update': 'Replaces name and description. The values before the change are not kept.',
  'okta:groups:delete':
    'Deletes the group with its memberships, app assignments and roles. This cannot be undone.',
  'okta:groups:add_member':
    'The user gets everything that the group gives: apps, policies, roles. It can be undone; what the user did meanwhile cannot.',
  'okta:groups:remove_member':
    'The user loses what the group gives: apps, policies, roles. Adding the user again may not restore data in apps that were deprovisioned.',
  'okta:apps:assign_user':
    'The user gets access to the app, and may get an account there. Access can be removed; the account may stay.',
  'okta:apps:remove_user':
    'The user loses access to the app. Data in an account that the app deletes cannot be restored from here.',
  'entra:users:disable':
    'The user cannot sign in to Entra ID until unblocked. Sessions may last for up to an hour.',
  'entra:users:enable': 'The user can sign in to Entra ID again. It can be blocked again.',
  'entra:users:revoke_sessions':
    'Ends the sessions and refresh tokens in Entra ID. They cannot be restored; the user signs in again.',
  'entra:groups:add_member': 'The user gets everything that the group gives. It can be undone.',
  'entra:groups:remove_member':
    'The user loses what the group gives. Adding the user again may not restore data that was removed with a licence.',
  'google:users:suspend':
    'The user cannot sign in to Google Workspace until the suspension is lifted. Data is kept.',
  'google:users:unsuspend':
    'The user can sign in to Google Workspace again. It can be suspended again.',
  'salesforce:users:deactivate':
    'The user cannot sign in to Salesforce, and the licence is freed. It can be activated again if a licence is free.',
  'salesforce:users:activate':
    'The user can sign in to Salesforce and takes a licence. It can be deactivated again.',
  'jira:issues:create': 'Creates an issue, of which people are notified. It can be closed again.',
  'jira:issues:update': 'Changes an issue. The history in Jira keeps the values before.',
  'jira:issues:comment':
    'Adds a comment, of which people are notified. It can be deleted, but the notices cannot.',
  'jira:issues:transition': 'Moves an issue in its workflow. It can be moved again where allowed.',
};

/** What an operation does and cannot undo. A read changes nothing. */
export function effectOf(connector: string, operation: string): string {
  const row = findOperation(connector, operation);
  const effect = EFFECTS[`${connector}:${operation}`];
  if (effect !== undefined) return effect;
  return row?.risk === 'LOW' && row.method === 'GET'
    ? `${row.does}. It changes nothing.`
    : `${row?.does ?? 'Unknown'}. It is not known what of it can be undone.`;
}
