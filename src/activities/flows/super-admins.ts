import { ConnectorError } from '../../connectors/errors.ts';
import { readPages } from '../../connectors/pages.ts';
import type { OktaPage, OktaUser } from '../../connectors/types.ts';
import { isSuperAdministrator } from '../../flows/refusals.ts';
import type { SuperAdministrator } from '../../flows/refusals.ts';
import { readContext } from './read-target.ts';
import type { TargetReader } from './read-target.ts';

const PAGE = 200;
/** Codes of answers that concern one user or group, and that another try would not change. */
const REFUSALS: ReadonlySet<string> = new Set(['forbidden', 'invalid', 'conflict']);
/** The end of a list that was refused. */
const END: IteratorResult<OktaUser, undefined> = { done: true, value: undefined };

/**
 * Reads as many super administrators, assigned directly or through a group, as it takes to find out
 * whether this user is the last one. Empty if the user is none; otherwise the user and the first
 * other one who is ACTIVE. Throws as the connectors do.
 */
export async function superAdmins(
  reader: TargetReader,
  userId: string,
): Promise<SuperAdministrator[]> {
  const holders = new Holders(reader);
  if (!(await holders.isHolder(userId))) return [];
  const self = { id: userId, status: await holders.statusOf(userId) };
  for await (const id of holders.active())
    if (id !== userId) return [self, { id, status: 'ACTIVE' }];
  return [self];
}

/**
 * Whether an ACTIVE super administrator is left without this group: one who holds the role directly
 * or through another group. `unaffected` if the group does not grant it. Throws as the connectors do.
 */
export async function otherSuperAdminsThan(
  reader: TargetReader,
  groupId: string,
): Promise<'unaffected' | 'some' | 'none'> {
  const holders = new Holders(reader);
  if (!(await holders.isGranting(groupId))) return 'unaffected';
  const first = await holders.active(groupId).next();
  return first.done === true ? 'none' : 'some';
}

/**
 * The ACTIVE super administrators, one by one, so that reading can stop at the first match. A user or
 * group that Okta refuses to read does not stop the search; but if the search finds nobody else, it
 * ends with that refusal, because the other administrator may be there.
 */
class Holders {
  readonly #reader: TargetReader;
  readonly #refusals: ConnectorError[] = [];

  constructor(reader: TargetReader) {
    this.#reader = reader;
  }

  async isHolder(userId: string): Promise<boolean> {
    const { connectors } = this.#reader;
    return isSuperAdministrator(
      (await connectors.okta('users:read_roles', { userId }, this.#context(userId))).output,
    );
  }

  async statusOf(userId: string): Promise<string> {
    const { connectors } = this.#reader;
    return (await connectors.okta('users:read_detail', { userId }, this.#context(userId))).output
      .status;
  }

  async isGranting(groupId: string): Promise<boolean> {
    const { okta } = this.#reader.connectors;
    return isSuperAdministrator(
      (await okta('groups:read_roles', { groupId }, this.#context(groupId))).output,
    );
  }

  /** With `without`, only those who do not hold the role through that group alone. */
  async *active(without: string | null = null): AsyncGenerator<string> {
    yield* this.#readDirectAssignees(without);
    yield* this.#readGroupMembers(without);
    const [refusal] = this.#refusals;
    if (refusal) throw refusal;
  }

  /** The result of a read; `otherwise` if Okta refuses it. */
  async #unlessRefused<Result>(read: Promise<Result>, otherwise: Result): Promise<Result> {
    try {
      return await read;
    } catch (error) {
      if (!(error instanceof ConnectorError) || !REFUSALS.has(error.code)) throw error;
      this.#refusals.push(error);
      return otherwise;
    }
  }

  async *#readDirectAssignees(without: string | null): AsyncGenerator<string> {
    const { okta } = this.#reader.connectors;
    const assignees = this.#items((after) =>
      okta('iam:read_assignees', { limit: PAGE, after }, this.#context('roles')),
    );
    // Roles do not say through which group they are held: the other groups are read below.
    const holds = (id: string) => (without === null ? this.isHolder(id) : this.#holdsDirectly(id));
    for await (const { id } of assignees) {
      if (await this.#unlessRefused(this.#isActiveIf(holds(id), id), false)) yield id;
    }
  }

  async #isActiveIf(holds: Promise<boolean>, id: string): Promise<boolean> {
    return (await holds) && (await this.statusOf(id)) === 'ACTIVE';
  }

  async #holdsDirectly(userId: string): Promise<boolean> {
    const { okta } = this.#reader.connectors;
    const { output } = await okta('users:read_roles', { userId }, this.#context(userId));
    return isSuperAdministrator(output.filter(({ assignmentType }) => assignmentType === 'USER'));
  }

  /** Reads the roles of each group, and the members of the groups that have the role. */
  async *#readGroupMembers(without: string | null): AsyncGenerator<string> {
    const { okta } = this.#reader.connectors;
    const groups = this.#items((after) =>
      okta('groups:read', { limit: PAGE, after }, this.#context('groups')),
    );
    for await (const { id: groupId } of groups) {
      if (groupId === without) continue;
      if (!(await this.#unlessRefused(this.isGranting(groupId), false))) continue;
      const members = this.#items<OktaUser>((after) =>
        okta('groups:read_members', { groupId, limit: PAGE, after }, this.#context(groupId)),
      );
      for (;;) {
        const next = await this.#unlessRefused(members.next(), END);
        if (next.done === true) break;
        const { id, status } = next.value;
        // A list of members can be outdated; a user read by id is not.
        if (status === 'ACTIVE' && (await this.statusOf(id)) === 'ACTIVE') yield id;
      }
    }
  }

  async *#items<Item>(
    read: (after: string | null) => Promise<{ output: OktaPage<Item> }>,
  ): AsyncGenerator<Item> {
    const pages = readPages(
      { connector: 'okta', operation: 'administrators' },
      async (after) => (await read(after)).output,
    );
    for await (const { items } of pages) yield* items;
  }

  #context(subject: string) {
    return readContext(this.#reader.caller, subject);
  }
}
