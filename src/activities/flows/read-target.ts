import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import { readPages } from '../../connectors/pages.ts';
import type { Caller, OktaUser } from '../../connectors/types.ts';
import { partsOf } from '../../governance/catalogue.ts';
import { comparable } from '../../flows/comparable.ts';
import type { Observation } from '../../flows/effects.ts';
import type { AccountConnector, AccountState } from '../../flows/types.ts';
import type { UsesConnectors } from '../support/parts.ts';

/** Reads accounts for one caller. */
export interface TargetReader extends UsesConnectors<AccountConnector> {
  caller: Caller;
}

/** The context of a read that a user waits for. */
export function readContext(caller: Caller, subject: string) {
  return {
    caller,
    subject,
    priority: 'interactive' as const,
    signal: Context.current().cancellationSignal,
  };
}

type Reading = (
  connectors: TargetReader['connectors'],
  id: string,
  context: ReturnType<typeof readContext>,
) => Promise<AccountState>;

/** How an account of each product is read, by the id that the API of the product takes. */
const READINGS: Readonly<Record<AccountConnector, Reading>> = {
  okta: async ({ okta }, userId, context) => {
    return oktaAccount((await okta('users:read_detail', { userId }, context)).output);
  },
  entra: async ({ entra }, user, context) => {
    const { id, userPrincipalName, mail, accountEnabled } = (
      await entra('users:read', { user }, context)
    ).output;
    // Null was never set. Only `true` means enabled, but a write still makes a difference.
    const status = accountEnabled === null ? 'NOT_SET' : accountEnabled ? 'ENABLED' : 'DISABLED';
    return account('entra', { id, login: userPrincipalName, emails: [mail], status });
  },
  google: async ({ google }, user, context) => {
    const { id, primaryEmail, emails, suspended, isAdmin } = (
      await google('users:read', { user }, context)
    ).output;
    const status = suspended ? 'SUSPENDED' : 'ACTIVE';
    return account('google', { id, login: primaryEmail, emails, status, administrator: isAdmin });
  },
  salesforce: async ({ salesforce }, user, context) => {
    const found = (await salesforce('users:read', { user }, context)).output;
    const { id, username, email, federationId, active } = found;
    const emails = [email, federationId?.includes('@') ? federationId : null];
    const status = active ? await signInState(salesforce, id, context) : 'INACTIVE';
    return account('salesforce', { id, login: username, emails, status });
  },
};

/**
 * Whether an active user of Salesforce is frozen or locked out: such users cannot sign in, but are not
 * deactivated. ACTIVE if that permanently cannot be read.
 */
async function signInState(
  salesforce: TargetReader['connectors']['salesforce'],
  userId: string,
  context: ReturnType<typeof readContext>,
): Promise<'ACTIVE' | 'FROZEN' | 'LOCKED'> {
  try {
    const { frozen, locked } = (await salesforce('users:read_login', { userId }, context)).output;
    return frozen ? 'FROZEN' : locked ? 'LOCKED' : 'ACTIVE';
  } catch (error) {
    const isLasting =
      error instanceof PolicyDeniedError ||
      (error instanceof ConnectorError && !error.retryable && error.code !== 'cancelled');
    if (isLasting) return 'ACTIVE';
    throw error;
  }
}

interface Read {
  id: string;
  login: string | null;
  emails: readonly (string | null)[];
  status: string;
  administrator?: boolean;
}

function account(
  connector: AccountConnector,
  { id, login, emails, status, administrator }: Read,
): AccountState {
  const known = emails.flatMap((email) => (email ? [comparable(email)] : []));
  const name = login ? comparable(login) : null;
  return {
    connector,
    id,
    login: name,
    emails: [...new Set(known)],
    status,
    administrator: administrator ?? null,
  };
}

/** An Okta user as an account. */
export const oktaAccount = ({ id, login, email, status }: OktaUser): AccountState =>
  account('okta', { id, login, emails: [email], status });

/** Reads an account. Throws as the connector does. */
export async function readAccount(
  { connectors, caller }: TargetReader,
  connector: AccountConnector,
  id: string,
): Promise<AccountState> {
  return READINGS[connector](connectors, id, readContext(caller, auditSubject(connector, id)));
}

/** The audit subject of a read. The trail must not contain an address, so that is replaced. */
const auditSubject = (connector: AccountConnector, id: string): string =>
  id.includes('@') ? `${connector}-account` : id;

/** How group membership is read, for the connectors that have operations on members. */
const MEMBERSHIPS: Readonly<
  Record<
    string,
    (reader: TargetReader, groupId: string, userId: string) => Promise<boolean> | undefined
  >
> = {
  okta: async ({ connectors, caller }, groupId, userId) => {
    const groups = { connector: 'okta', operation: 'users:read_groups' } as const;
    const pages = readPages(groups, async (after) => {
      const context = readContext(caller, userId);
      return (await connectors.okta('users:read_groups', { userId, after }, context)).output;
    });
    for await (const { items } of pages) if (items.some(({ id }) => id === groupId)) return true;
    return false;
  },
  entra: async ({ connectors, caller }, groupId, userId) =>
    (await connectors.entra('groups:read', { groupId, userId }, readContext(caller, userId))).output
      .member,
};

/** True for the connectors whose accounts can be read. */
export const isAccountConnector = (connector: string): connector is AccountConnector =>
  Object.hasOwn(READINGS, connector);

/** The id of the account in the arguments of an operation; null if they contain none. */
export function accountIn(args: JsonObject): string | null {
  const id = args['userId'] ?? args['user'];
  return typeof id === 'string' && id !== '' ? id : null;
}

/**
 * Reads the target of an operation such as `okta:users:suspend`. Empty if it does not act on an
 * account. Throws as the connectors do.
 */
export async function inspectTarget(
  reader: TargetReader,
  { operation, args }: { operation: string; args: JsonObject },
): Promise<Observation> {
  const { connector } = partsOf(operation);
  const id = accountIn(args);
  if (!isAccountConnector(connector) || id === null) return {};
  const seen: Observation = { account: await readAccount(reader, connector, id) };
  const { groupId } = args;
  if (typeof groupId !== 'string') return seen;
  const member = await MEMBERSHIPS[connector]?.(reader, groupId, id);
  return member === undefined ? seen : { ...seen, member };
}
