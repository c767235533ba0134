import { ApplicationFailure } from '@temporalio/activity';
import { pageProblem } from '../../connectors/okta/scope.ts';
import type { OktaPage, OktaUser } from '../../connectors/types.ts';
import { isSuperAdministrator } from '../../flows/refusals.ts';
import type { SuperAdministrator } from '../../flows/refusals.ts';
import { lookContext } from './look.ts';
import type { Looker } from './look.ts';

const PAGE = 200;

/**
 * The super administrators, in person or through a group, as far as it takes to tell whether this
 * user is the last one: nobody where the user is none, else the user and the first other who is
 * ACTIVE. Throws as the connectors do where the holders cannot be read.
 */
export async function superAdmins(looker: Looker, userId: string): Promise<SuperAdministrator[]> {
  const holders = new Holders(looker);
  if (!(await holders.isHolder(userId))) return [];
  const self = { id: userId, status: await holders.statusOf(userId) };
  for await (const id of holders.active())
    if (id !== userId) return [self, { id, status: 'ACTIVE' }];
  return [self];
}

/**
 * ACTIVE super administrators, one after the other, so that nobody is read once another has been
 * found.
 */
class Holders {
  readonly #looker: Looker;

  constructor(looker: Looker) {
    this.#looker = looker;
  }

  async isHolder(userId: string): Promise<boolean> {
    const { connectors } = this.#looker;
    return isSuperAdministrator(
      (await connectors.okta('users:read_roles', { userId }, this.#context(userId))).output,
    );
  }

  async statusOf(userId: string): Promise<string> {
    const { connectors } = this.#looker;
    return (await connectors.okta('users:read_detail', { userId }, this.#context(userId))).output
      .status;
  }

  async *active(): AsyncGenerator<string> {
    yield* this.#inPerson();
    yield* this.#throughGroups();
  }

  async *#inPerson(): AsyncGenerator<string> {
    const { okta } = this.#looker.connectors;
    const assignees = this.#items((after) =>
      okta('iam:read_assignees', { limit: PAGE, after }, this.#context('roles')),
    );
    for await (const { id } of assignees) {
      if ((await this.isHolder(id)) && (await this.statusOf(id)) === 'ACTIVE') yield id;
    }
  }

  /** What a group gives stands with the group; members are read of the groups that give it. */
  async *#throughGroups(): AsyncGenerator<string> {
    const { okta } = this.#looker.connectors;
    const groups = this.#items((after) =>
      okta('groups:read', { limit: PAGE, after }, this.#context('groups')),
    );
    for await (const { id: groupId } of groups) {
      const { output } = await okta('groups:read_roles', { groupId }, this.#context(groupId));
      if (!isSuperAdministrator(output)) continue;
      const members = this.#items<OktaUser>((after) =>
        okta('groups:read_members', { groupId, limit: PAGE, after }, this.#context(groupId)),
      );
      for await (const { id, status } of members) {
        // A list may be behind; a user by id is as it is.
        if (status === 'ACTIVE' && (await this.statusOf(id)) === 'ACTIVE') yield id;
      }
    }
  }

  async *#items<Item>(
    read: (after: string | null) => Promise<{ output: OktaPage<Item> }>,
  ): AsyncGenerator<Item> {
    for (let after: string | null = null; ;) {
      const { items, next }: OktaPage<Item> = (await read(after)).output;
      yield* items;
      if (next === null) return;
      const problem = pageProblem({ after, next });
      if (problem !== null) throw ApplicationFailure.nonRetryable(problem, 'malformed');
      after = next;
    }
  }

  #context(subject: string) {
    return lookContext(this.#looker.caller, subject);
  }
}
