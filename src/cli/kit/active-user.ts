import { randomUUID } from 'node:crypto';
import { findUser, isSuperAdministratorNow } from '../../services/approvals/okta-users.ts';
import type { CallContext, OktaUser } from '../../connectors/types.ts';
import type { Store } from '../../store/types.ts';
import { oktaOf } from './connectors.ts';
import { authenticationError } from './errors.ts';
import type { Settings } from './settings.ts';

/** The active Okta user that a decision is attributed to. */
type ActiveUser = Pick<OktaUser, 'id' | 'login'>;

/**
 * The active Okta user with this login or id. Throws CliError `unauthenticated` if there is none.
 */
export async function activeUser(
  settings: Settings,
  store: Store,
  reference: string,
): Promise<ActiveUser> {
  const user = await findOktaUser(settings, store, reference);
  if (user?.status === 'ACTIVE') return user;
  throw authenticationError(
    user === null
      ? 'Okta has no user, or several, with that login, id or e-mail address.'
      : `Okta user ${user.id} is not active (${user.status}).`,
    'Name an active Okta user with --as, and prove it with ARX_KEY.',
  );
}

/** Whether this login belongs to an active Okta user who holds SUPER_ADMIN now. */
export async function isActiveSuperAdministrator(
  settings: Settings,
  store: Store,
  login: string,
): Promise<boolean> {
  const okta = await oktaOf(settings, store);
  return isSuperAdministratorNow({ okta, context: contextOf }, login);
}

/** The Okta user with exactly this login, id or e-mail address; null if there is none, or several. */
export async function findOktaUser(
  settings: Settings,
  store: Store,
  reference: string,
): Promise<OktaUser | null> {
  const okta = await oktaOf(settings, store);
  return findUser({ okta, context: contextOf }, reference);
}

function contextOf<Output>(subject: string): CallContext<Output> {
  const run = randomUUID();
  return {
    caller: {
      principal: 'workflow:governed-operations',
      authenticatedBy: 'cli',
      surface: 'cli',
      workflowId: `sign-in/${run}`,
      run,
    },
    subject,
    priority: 'interactive',
  };
}
