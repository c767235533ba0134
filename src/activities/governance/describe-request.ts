import {
  ConnectorError,
  InvalidArgumentError,
  PolicyDeniedError,
} from '../../connectors/errors.ts';
import type { OktaRole } from '../../connectors/okta/types.ts';
import type { RequestAbout } from '../../governance/request-text.ts';
import type { ActionRequest } from '../../store/governance-types.ts';
import type { AccountConnector } from '../../flows/types.ts';
import type { UsesConnectors } from '../support/parts.ts';
import { accountIn, readContext } from '../flows/read-target.ts';
import { readerOf } from './user-reader.ts';

/** Of so many groups through which roles are held the names are read. */
const MOST_GROUPS = 5;

type Deps = UsesConnectors<AccountConnector>;
type Person = NonNullable<RequestAbout['person']>;

/**
 * Reads the names of the ids in a request, and the account that it affects, for those who decide; the
 * `known` names need not be read. What cannot be read stays unnamed: it does not keep the request from
 * opening. Kept in the store only.
 */
export async function describeRequest(
  { connectors }: Deps,
  request: ActionRequest,
  known: Readonly<Record<string, string>> = {},
): Promise<RequestAbout> {
  const names: Record<string, string> = { ...known };
  const { connector } = request;
  const person =
    connector === 'okta'
      ? await new OktaNames(connectors, request, names).read()
      : isOther(connector)
        ? await readOther(connectors, request, connector)
        : null;
  const account = accountIn(request.args);
  if (person?.product !== undefined && account !== null) names[account] = person.login;
  return { person, names };
}

/** Names of Okta's users, groups and apps; each is added to `names`. */
class OktaNames {
  readonly #okta: Deps['connectors']['okta'];
  readonly #request: ActionRequest;
  readonly #names: Record<string, string>;

  constructor({ okta }: Deps['connectors'], request: ActionRequest, names: Record<string, string>) {
    this.#okta = okta;
    this.#request = request;
    this.#names = names;
  }

  /** Returns the user whom the call affects. */
  async read(): Promise<Person | null> {
    await this.#nameGroup(this.#argument('groupId'));
    await this.#nameApp(this.#argument('appId'));
    const userId = this.#argument('userId');
    return userId === null ? null : this.#person(userId);
  }

  #argument(name: string): string | null {
    const value = this.#request.args[name];
    return typeof value === 'string' ? value : null;
  }

  async #person(userId: string): Promise<Person | null> {
    const context = this.#on(userId);
    const [user, roles] = await Promise.all([
      orNull(() => this.#okta('users:read_detail', { userId }, context)),
      orNull(() => this.#okta('users:read_roles', { userId }, context)),
    ]);
    if (user === null) return null;
    const { id, login, name, department, title, status, lastLogin } = user.output;
    this.#names[id] = login;
    const held = roles && (await this.#rolesText(roles.output));
    return { id, login, name, department, title, status, lastLogin, roles: held };
  }

  /** The names of roles, with the name of the group for each that is held through one. */
  async #rolesText(roles: readonly OktaRole[]): Promise<string[]> {
    const through = roles.filter(({ assignmentType }) => assignmentType === 'GROUP');
    const groups = new Set(through.flatMap(({ groupId }) => groupId ?? []));
    for (const id of [...groups].slice(0, MOST_GROUPS)) await this.#nameGroup(id);
    return roles.map((role) => {
      const name = role.label ?? role.type;
      if (role.assignmentType !== 'GROUP') return name;
      const group = role.groupId === null ? 'a group' : `group ${this.#nameOf(role.groupId)}`;
      return `${name} (through ${group})`;
    });
  }

  #nameOf(id: string): string {
    return Object.hasOwn(this.#names, id) ? `${this.#names[id]}` : id;
  }

  async #nameGroup(groupId: string | null): Promise<void> {
    if (groupId === null || Object.hasOwn(this.#names, groupId)) return;
    const group = await orNull(() =>
      this.#okta('groups:read_detail', { groupId }, this.#on(groupId)),
    );
    if (group) this.#names[groupId] = group.output.name;
  }

  async #nameApp(appId: string | null): Promise<void> {
    if (appId === null) return;
    const app = await orNull(() => this.#okta('apps:read_detail', { appId }, this.#on(appId)));
    if (app) this.#names[appId] = app.output.label ?? app.output.name ?? appId;
  }

  #on(subject: string) {
    return readContext(readerOf(this.#request), subject);
  }
}

type Other = Exclude<AccountConnector, 'okta'>;
/** What an account of another product shows to those who decide. */
type Shown = Pick<Person, 'id' | 'login' | 'name' | 'status' | 'roles'>;

const OTHERS: Readonly<
  Record<
    Other,
    (
      connectors: Deps['connectors'],
      user: string,
      context: ReturnType<typeof readContext>,
    ) => Promise<Shown>
  >
> = {
  entra: async ({ entra }, user, context) => {
    const { id, userPrincipalName, displayName, mail, accountEnabled } = (
      await entra('users:read', { user }, context)
    ).output;
    const status = accountEnabled ? 'ENABLED' : 'DISABLED';
    return { id, login: userPrincipalName ?? mail ?? id, name: displayName, status, roles: null };
  },
  google: async ({ google }, user, context) => {
    const { id, primaryEmail, fullName, suspended, isAdmin } = (
      await google('users:read', { user }, context)
    ).output;
    const status = suspended ? 'SUSPENDED' : 'ACTIVE';
    const roles = isAdmin ? ['Super Administrator'] : null;
    return { id, login: primaryEmail, name: fullName, status, roles };
  },
  salesforce: async ({ salesforce }, user, context) => {
    const { id, username, name, active } = (await salesforce('users:read', { user }, context))
      .output;
    return { id, login: username, name, status: active ? 'ACTIVE' : 'INACTIVE', roles: null };
  },
};

const isOther = (connector: string): connector is Other => Object.hasOwn(OTHERS, connector);

async function readOther(
  connectors: Deps['connectors'],
  request: ActionRequest,
  product: Other,
): Promise<Person | null> {
  const user = accountIn(request.args);
  if (user === null) return null;
  // The account may be named by its address, which must not be in the audit trail.
  const context = readContext(readerOf(request), `${product}-account`);
  const found = await orNull(() => OTHERS[product](connectors, user, context));
  return found && { product, department: null, title: null, lastLogin: null, ...found };
}

async function orNull<Output>(read: () => Promise<Output>): Promise<Output | null> {
  try {
    return await read();
  } catch (error) {
    const isRefusal = [ConnectorError, InvalidArgumentError, PolicyDeniedError].some(
      (kind) => error instanceof kind,
    );
    if (isRefusal && !(error instanceof ConnectorError && error.code === 'cancelled')) return null;
    throw error;
  }
}
