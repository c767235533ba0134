import { Context } from '@temporalio/activity';
import { ConnectorError, InvalidArgumentError } from '../../connectors/errors.ts';
import { sameName } from '../../flows/comparable.ts';
import type {
  Caller,
  OktaGroup,
  OktaPage,
  OktaUser,
  SlackOperations,
} from '../../connectors/types.ts';
import type { UsesConnectors } from '../support/parts.ts';

/**
 * The principal that reads the users and groups on which a decision depends. Its policy is
 * policies/governed-operations.yaml.
 */
export const USER_READER = 'workflow:governed-operations';
/** Only so many members of a channel can be approvers. */
const MOST_MEMBERS = 200;
const USER_ID = /^[A-Za-z0-9]{20}$/;

/** A name that Okta refuses as invalid belongs to no user. */
function noUsers(error: unknown): { output: Pick<OktaPage<OktaUser>, 'items'> } {
  if (error instanceof InvalidArgumentError) return { output: { items: [] } };
  throw error;
}

/** The caller for reads on which the decision about a request depends. */
export const readerOf = ({ run, workflowId }: { run: string; workflowId: string }): Caller => ({
  principal: USER_READER,
  authenticatedBy: 'worker',
  surface: 'workflow',
  workflowId,
  run,
});

const hasName = ({ login, email }: OktaUser, name: string): boolean =>
  [login, email ?? ''].some((own) => sameName(own, name));

/** Reads users and groups on behalf of one request. */
export class UserReader {
  readonly #connectors: UsesConnectors<'okta' | 'slack'>['connectors'];
  readonly #caller: Caller;

  constructor(
    { connectors }: UsesConnectors<'okta' | 'slack'>,
    of: { run: string; workflowId: string },
  ) {
    this.#connectors = connectors;
    this.#caller = readerOf(of);
  }

  /** The user with this id or login; null if there is none. */
  async findUser(reference: string): Promise<OktaUser | null> {
    const { okta } = this.#connectors;
    if (USER_ID.test(reference)) {
      return this.#orNull(
        async () =>
          (await okta('users:read_detail', { userId: reference }, this.#context(reference))).output,
      );
    }
    const { output } = await okta('users:read', { login: reference }, this.#context('person'));
    const [user, ...others] = output.items.filter(
      ({ login }) => login.toLowerCase() === reference.toLowerCase(),
    );
    return user && others.length === 0 ? user : null;
  }

  /** All Okta users whose login or e-mail address is one of these names, ignoring case. */
  async findByName(names: readonly string[]): Promise<OktaUser[]> {
    const { okta } = this.#connectors;
    const found = new Map<string, OktaUser>();
    for (const name of new Set(names)) {
      const quoted = JSON.stringify(name);
      // A filter includes the latest changes; a search ignores case.
      const search = `profile.login eq ${quoted} or profile.email eq ${quoted}`;
      for (const by of [{ login: name }, { email: name }, { search }]) {
        const users = await okta('users:read', by, this.#context('person')).catch(noUsers);
        for (const user of users.output.items) if (hasName(user, name)) found.set(user.id, user);
      }
    }
    return [...found.values()];
  }

  /** The groups of the user; none if there is no such user. */
  async groupsOf(userId: string): Promise<OktaGroup[]> {
    const { okta } = this.#connectors;
    const read = async (): Promise<OktaGroup[]> =>
      (await okta('users:read_groups', { userId }, this.#context(userId))).output;
    return (await this.#orNull(read)) ?? [];
  }

  /**
   * Ids of the active users in a list of `group:NAME`, `user:LOGIN`, logins and ids. Unknown names
   * are ignored.
   */
  async idsOf(references: readonly string[]): Promise<string[]> {
    const ids = new Set<string>();
    for (const reference of references) for (const id of await this.#idsOf(reference)) ids.add(id);
    return [...ids];
  }

  /**
   * Ids of the active Okta users whose address is that of a member of a Slack channel. Empty if Slack
   * does not return the members: the scopes are missing, or the channel does not exist.
   */
  async inChannel(channel: string): Promise<string[]> {
    try {
      const ids: string[] = [];
      for (const email of await this.#emailsIn(channel)) {
        const user = email === null ? null : await this.findUser(email);
        if (user?.status === 'ACTIVE') ids.push(user.id);
      }
      return ids;
    } catch (error) {
      if (error instanceof ConnectorError && error.fields.connector === 'slack' && !error.retryable)
        return [];
      throw error;
    }
  }

  async #emailsIn(channel: string): Promise<(string | null)[]> {
    const { slack } = this.#connectors;
    const context = this.#context('channel');
    const id = /^[A-Z][A-Z0-9_]+$/.test(channel)
      ? channel
      : (await slack('channels:read', { channel }, context)).output.id;
    const emails: (string | null)[] = [];
    let cursor: string | null = null;
    do {
      const page: SlackOperations['channels:members']['output'] = (
        await slack('channels:members', { channel: id, cursor }, context)
      ).output;
      for (const user of page.members) {
        const { output } = await slack('users:lookup', { user }, context);
        emails.push(output.active ? output.email : null);
      }
      cursor = emails.length < MOST_MEMBERS ? page.next : null;
    } while (cursor !== null);
    return emails;
  }

  /** Whether the user holds an administrator role, direct or through a group. */
  async isAdministrator(userId: string): Promise<boolean> {
    const { output } = await this.#connectors.okta(
      'users:read_roles',
      { userId },
      this.#context(userId),
    );
    return output.length > 0;
  }

  async grantsAdminRoles(groupId: string): Promise<boolean> {
    const { output } = await this.#connectors.okta(
      'groups:read_roles',
      { groupId },
      this.#context(groupId),
    );
    return output.length > 0;
  }

  async #idsOf(reference: string): Promise<string[]> {
    if (reference.startsWith('group:')) return this.#members(reference.slice('group:'.length));
    const user = await this.findUser(reference.replace(/^user:/, ''));
    return user?.status === 'ACTIVE' ? [user.id] : [];
  }

  async #members(name: string): Promise<string[]> {
    const { okta } = this.#connectors;
    const { output } = await okta('groups:read', { name }, this.#context('groups'));
    const [group, ...others] = output.items.filter((item) => item.name === name);
    if (!group || others.length > 0) return [];
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const page: OktaPage<OktaUser> = (
        await okta('groups:read_members', { groupId: group.id, after }, this.#context(group.id))
      ).output;
      ids.push(...page.items.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    return ids;
  }

  #context(subject: string) {
    const signal = Context.current().cancellationSignal;
    return { caller: this.#caller, subject, priority: 'interactive' as const, signal };
  }

  async #orNull<T>(read: () => Promise<T>): Promise<T | null> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof ConnectorError && error.code === 'not_found') return null;
      throw error;
    }
  }
}
