import { Context } from '@temporalio/activity';
import { ConnectorError, InvalidArgumentError } from '../../connectors/errors.ts';
import { readItems } from '../../connectors/pages.ts';
import { sameName } from '../../flows/comparable.ts';
import { resolvePerson } from '../../governance/person.ts';
import type { PersonReads, Resolution } from '../../governance/person.ts';
import type { CallContext, Caller, OktaGroup, OktaPage, OktaUser } from '../../connectors/types.ts';
import type { UsesConnectors } from '../support/parts.ts';

/**
 * The principal that reads the users and groups on which a decision depends. Its policy is
 * policies/governed-operations.yaml.
 */
export const USER_READER = 'workflow:governed-operations';

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

/** The context of a read that a person waits for; `signal` also ends it. */
export function readingContext<Output>(
  of: { run: string; workflowId: string },
  subject: string,
  signal: AbortSignal = Context.current().cancellationSignal,
): CallContext<Output> {
  return { caller: readerOf(of), subject, priority: 'interactive', signal };
}

const hasName = ({ login, email }: OktaUser, name: string): boolean =>
  [login, email ?? ''].some((own) => sameName(own, name));

/** Reads users and groups on behalf of one request. */
export class UserReader {
  readonly #okta: UsesConnectors<'okta'>['connectors']['okta'];
  readonly #of: { run: string; workflowId: string };
  readonly #signal: AbortSignal | undefined;

  constructor(
    { connectors }: UsesConnectors<'okta'>,
    of: { run: string; workflowId: string },
    signal?: AbortSignal,
  ) {
    this.#okta = connectors.okta;
    this.#of = of;
    this.#signal = signal;
  }

  /** The one user with this id, login or e-mail address. */
  resolve(reference: string): Promise<Resolution<OktaUser>> {
    return resolvePerson<OktaUser>(
      this.#reads((by) => this.#list(by)),
      reference,
    );
  }

  /** As `resolve`; null for nobody and for several. */
  async findUser(reference: string): Promise<OktaUser | null> {
    const found = await this.resolve(reference);
    return found.ok ? found.person : null;
  }

  /**
   * As `findUser`, for each of these logins or addresses: one search finds most of them. Whoever it
   * does not find is looked up alone, because a search may not include the latest changes.
   */
  async findEach(names: readonly string[]): Promise<(OktaUser | null)[]> {
    if (names.length < 2) return Promise.all(names.map((name) => this.findUser(name)));
    const terms = names.map((name) => JSON.stringify(name));
    const search = terms
      .map((term) => `profile.login eq ${term} or profile.email eq ${term}`)
      .join(' or ');
    const listed = await this.#list({ search });
    const found: (OktaUser | null)[] = [];
    for (const name of names) {
      const known = await resolvePerson<OktaUser>(
        this.#reads(async () => listed),
        name,
      );
      found.push(known.ok ? known.person : await this.findUser(name));
    }
    return found;
  }

  #reads(list: PersonReads<OktaUser>['list']): PersonReads<OktaUser> {
    const detail = async (userId: string): Promise<OktaUser> =>
      (await this.#okta('users:read_detail', { userId }, this.#context(userId))).output;
    return { detail, list };
  }

  async #list(by: Parameters<PersonReads<OktaUser>['list']>[0]): Promise<readonly OktaUser[]> {
    return (await this.#okta('users:read', by, this.#context('person'))).output.items;
  }

  /** All Okta users whose login or e-mail address is one of these names, ignoring case. */
  async findByName(names: readonly string[]): Promise<OktaUser[]> {
    const found = new Map<string, OktaUser>();
    for (const name of new Set(names)) {
      const quoted = JSON.stringify(name);
      // A filter includes the latest changes; a search ignores case.
      const search = `profile.login eq ${quoted} or profile.email eq ${quoted}`;
      for (const by of [{ login: name }, { email: name }, { search }]) {
        const users = await this.#okta('users:read', by, this.#context('person')).catch(noUsers);
        for (const user of users.output.items) if (hasName(user, name)) found.set(user.id, user);
      }
    }
    return [...found.values()];
  }

  /** All groups of the user; none if there is no such user. */
  async groupsOf(userId: string): Promise<OktaGroup[]> {
    try {
      return await readItems(
        { connector: 'okta', operation: 'users:read_groups' },
        async (after) =>
          (await this.#okta('users:read_groups', { userId, after }, this.#context(userId))).output,
      );
    } catch (error) {
      if (error instanceof ConnectorError && error.code === 'not_found') return [];
      throw error;
    }
  }

  /** Whether the user holds an administrator role, direct or through a group. */
  async isAdministrator(userId: string): Promise<boolean> {
    const { output } = await this.#okta('users:read_roles', { userId }, this.#context(userId));
    return output.length > 0;
  }

  async grantsAdminRoles(groupId: string): Promise<boolean> {
    const { output } = await this.#okta('groups:read_roles', { groupId }, this.#context(groupId));
    return output.length > 0;
  }

  #context<Output>(subject: string): CallContext<Output> {
    return readingContext(this.#of, subject, this.#signal);
  }
}
