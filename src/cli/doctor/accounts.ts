/** Checks that the credentials of Entra ID, Google Workspace and Salesforce can read users. */

import { accountVendor } from '../../config/env/account-vendors.ts';
import { attempt, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import type { VendorCheckContext } from './vendors.ts';

/** Ids that no user has. A vendor reports "not found" only to a caller that may read users. */
const MISSING_USER = {
  entra: '00000000-0000-0000-0000-000000000000',
  salesforce: '005000000000000',
};

const READS_USERS = 'users can be read';

const ENTRA_REMEDIES = {
  unauthenticated:
    'Check ENTRA_TENANT_ID and ENTRA_CLIENT_ID, and make a new client secret for ENTRA_CLIENT_SECRET.',
  forbidden:
    'Grant the app the application permission User.Read.All, with the consent of an administrator.',
};
const GOOGLE_REMEDIES = {
  unauthenticated:
    'Give the service account domain-wide delegation for https://www.googleapis.com/auth/admin.directory.user, and check GOOGLE_ADMIN_SUBJECT.',
  forbidden: 'Give the account of GOOGLE_ADMIN_SUBJECT an administrator role that manages users.',
};
const SALESFORCE_REMEDIES = {
  unauthenticated:
    'Check SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET, and enable the client credentials flow of the app with a user to run as.',
  forbidden:
    'Give the permissions API Enabled and View All Users to the user that the app runs as.',
};

/** Whether users of Entra ID can be read. */
export async function* entraChecks({
  connectors,
  callContext,
}: VendorCheckContext): AsyncGenerator<CheckResult> {
  const readUser = () =>
    connectors.entra('users:read', { user: MISSING_USER.entra }, callContext('users'));
  yield await checkByMissingUser('entra users', readUser, ENTRA_REMEDIES);
}

/**
 * Whether users of Google Workspace can be read. Reads the administrator on whose behalf arx acts.
 */
export async function* googleChecks({
  settings,
  connectors,
  callContext,
}: VendorCheckContext): AsyncGenerator<CheckResult> {
  const subject = accountVendor(settings.arx, 'google')?.subject ?? '';
  yield await attempt(
    'google users',
    async () => {
      await connectors.google('users:read', { user: subject }, callContext('users'));
      return READS_USERS;
    },
    {
      ...GOOGLE_REMEDIES,
      not_found: 'Set GOOGLE_ADMIN_SUBJECT to the address of an administrator.',
    },
  );
}

/** Whether users of Salesforce can be read. */
export async function* salesforceChecks({
  connectors,
  callContext,
}: VendorCheckContext): AsyncGenerator<CheckResult> {
  const readUser = () =>
    connectors.salesforce('users:read', { user: MISSING_USER.salesforce }, callContext('users'));
  yield await checkByMissingUser('salesforce users', readUser, SALESFORCE_REMEDIES);
}

/** Passes if the vendor answers that the user does not exist. */
async function checkByMissingUser(
  name: string,
  readUser: () => Promise<unknown>,
  remedies: Record<string, string>,
) {
  const result = await attempt(name, () => readUser().then(() => READS_USERS), remedies);
  return result.code === 'not_found' ? pass(name, READS_USERS) : result;
}
