import { accountVendor } from '../../config/env/account-vendors.ts';
import { attempt, fine } from './check.ts';
import type { CheckResult } from './check.ts';
import type { Bench } from './vendors.ts';

/**
 * An object id and a user id that nobody has: that there is no such user is said only to who may
 * read users.
 */
const NOBODY = { entra: '00000000-0000-0000-0000-000000000000', salesforce: '005000000000000' };

const READS_USERS = 'users can be read';

const ENTRA_REMEDIES = {
  unauthenticated:
    'Check ENTRA_TENANT_ID and ENTRA_CLIENT_ID, and make a new client secret for ENTRA_CLIENT_SECRET.',
  forbidden:
    'Grant the app the application permission User.Read.All, with the consent of an administrator.',
};
const GOOGLE_REMEDIES = {
  unauthenticated:
    'Allow the service account domain-wide delegation for https://www.googleapis.com/auth/admin.directory.user, and check GOOGLE_ADMIN_SUBJECT.',
  forbidden: 'Give the account of GOOGLE_ADMIN_SUBJECT an administrator role that manages users.',
};
const SALESFORCE_REMEDIES = {
  unauthenticated:
    'Check SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET, and that the app has the client credentials flow with a user to run as.',
  forbidden: 'Give the user that the app runs as the permissions API Enabled and View All Users.',
};

/** Whether users of Entra ID can be read. */
export async function* entraChecks({ connectors, about }: Bench): AsyncGenerator<CheckResult> {
  const look = () => connectors.entra('users:read', { user: NOBODY.entra }, about('users'));
  yield await missing('entra users', look, ENTRA_REMEDIES);
}

/** Whether users of Google Workspace can be read: the administrator in whose name arx acts. */
export async function* googleChecks({
  settings,
  connectors,
  about,
}: Bench): AsyncGenerator<CheckResult> {
  const subject = accountVendor(settings.arx, 'google')?.subject ?? '';
  yield await attempt(
    'google users',
    async () => {
      await connectors.google('users:read', { user: subject }, about('users'));
      return READS_USERS;
    },
    {
      ...GOOGLE_REMEDIES,
      not_found: 'Set GOOGLE_ADMIN_SUBJECT to the address of an administrator.',
    },
  );
}

/** Whether users of Salesforce can be read. */
export async function* salesforceChecks({ connectors, about }: Bench): AsyncGenerator<CheckResult> {
  const look = () =>
    connectors.salesforce('users:read', { user: NOBODY.salesforce }, about('users'));
  yield await missing('salesforce users', look, SALESFORCE_REMEDIES);
}

/** Looks for who is not there. */
async function missing(
  name: string,
  look: () => Promise<unknown>,
  remedies: Record<string, string>,
) {
  const looked = await attempt(name, () => look().then(() => READS_USERS), remedies);
  return looked.code === 'not_found' ? fine(name, READS_USERS) : looked;
}
