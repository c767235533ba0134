import type { CallContext, Caller, OktaUser } from '../../connectors/types.ts';
import { namesGroups } from '../../flows/permissions.ts';
import { makesSuperAdmin } from '../../flows/refusals.ts';
import type { SetAsker } from '../../flows/permissions.ts';
import type { ResourceSet } from '../../flows/types.ts';
import type { FlowCaller } from '../../store/flow-types.ts';
import { findUser } from '../approvals/okta-users.ts';
import type { OktaReader } from '../approvals/okta-users.ts';
import { newRunId } from './ids.ts';
import { AskerUnreadableError } from './refusal.ts';
import { TimedCache } from './remembered.ts';
import type { FlowRequester, FlowServiceParts } from './types.ts';

/** Somebody who is taken out of a group may run its flows so much longer. */
const FRESH_MS = 30_000;
const ANONYMOUS = 'user:anonymous';

/** Who asks: as it is recorded, and as resource sets look at it. */
export interface Identity {
  caller: FlowCaller;
  member: SetAsker;
}

/** Looks up in Okta who asks. Throws AskerUnreadableError where Okta does not say. */
export class RequesterLookup {
  readonly #parts: Pick<FlowServiceParts, 'connectors' | 'newId'>;
  readonly #people: TimedCache<OktaUser | null>;
  readonly #groups: TimedCache<string[]>;
  readonly #alone: TimedCache<boolean>;

  constructor(parts: Pick<FlowServiceParts, 'connectors' | 'newId' | 'now'>) {
    this.#parts = parts;
    this.#people = new TimedCache(FRESH_MS, parts.now);
    this.#groups = new TimedCache(FRESH_MS, parts.now);
    this.#alone = new TimedCache(FRESH_MS, parts.now);
  }

  /**
   * As far as it is proven: names that nobody proved, unknown and inactive people are members of
   * nothing.
   */
  async identify(requester: FlowRequester, sets: readonly ResourceSet[]): Promise<Identity> {
    const { authenticatedBy, surface } = requester;
    const by = { authenticatedBy, surface };
    const principal = isTrusted(requester) ? requester.principal : ANONYMOUS;
    if (!principal.startsWith('user:') || principal === ANONYMOUS) {
      return { caller: { principal, personId: null, ...by }, member: { principal, groups: [] } };
    }
    const reader = this.#reader(requester);
    const person = await this.#people.get(principal.toLowerCase(), () =>
      findOktaUser(reader, principal),
    );
    if (person?.status !== 'ACTIVE') {
      return {
        caller: { principal, personId: person?.id ?? null, ...by },
        member: { principal: ANONYMOUS, groups: [] },
      };
    }
    const named = `user:${person.login}`;
    const groups = namesGroups(sets)
      ? await this.#groupsOf(reader, person.id, groupNamesIn(sets))
      : [];
    return {
      caller: { principal: named, personId: person.id, ...by },
      member: { principal: named, groups },
    };
  }

  /**
   * Whether a proven person holds SUPER_ADMIN now, directly or through a group; nothing is
   * remembered of it.
   */
  async isSuperAdministrator(requester: FlowRequester): Promise<boolean> {
    const { principal, authenticatedBy } = requester;
    if (authenticatedBy === 'none' || !principal.startsWith('user:') || principal === ANONYMOUS)
      return false;
    const reader = this.#reader(requester);
    const person = await findOktaUser(reader, principal);
    if (person?.status !== 'ACTIVE') return false;
    const input = { userId: person.id };
    const { output } = await readable(
      reader.okta('users:read_roles', input, reader.context(person.id)),
    );
    return makesSuperAdmin(output);
  }

  /** Names of those groups among `wanted` that the person is in, and that no other group has. */
  async #groupsOf(
    reader: OktaReader,
    userId: string,
    wanted: ReadonlySet<string>,
  ): Promise<string[]> {
    const names = await this.#groups.get(userId, async () => {
      const { output } = await readable(
        reader.okta('users:read_groups', { userId }, reader.context(userId)),
      );
      return output.map(({ name }) => name);
    });
    const named = [...new Set(names)].filter((name) => wanted.has(name));
    const alone = await Promise.all(
      named.map((name) => this.#alone.get(name, () => hasUniqueName(reader, name))),
    );
    return named.filter((_, at) => alone[at]);
  }

  #reader({ surface }: FlowRequester): OktaReader {
    const run = (this.#parts.newId ?? newRunId)();
    const caller: Caller = {
      principal: 'workflow:governed-operations',
      authenticatedBy: 'none',
      surface,
      workflowId: `flow-desk/${run}`,
      run,
    };
    const context = <Output>(subject: string): CallContext<Output> => ({
      caller,
      subject,
      priority: 'interactive',
    });
    return { okta: this.#parts.connectors.okta, context };
  }
}

/** Whoever may start workflows is believed in who they are, as with every governed operation. */
const isTrusted = ({ authenticatedBy, surface }: FlowRequester): boolean =>
  authenticatedBy !== 'none' || surface === 'workflow';

async function findOktaUser(reader: OktaReader, principal: string): Promise<OktaUser | null> {
  const found = findUser(reader, principal.slice('user:'.length)).catch((thrown: unknown) => {
    // What is no login is nobody's.
    if ((thrown as Error).name === 'InvalidArgumentError') return null;
    throw thrown;
  });
  return readable(found);
}

/** Anybody can be put into a second group of the same name by whoever may make groups. */
async function hasUniqueName(reader: OktaReader, name: string): Promise<boolean> {
  const { output } = await readable(reader.okta('groups:read', { name }, reader.context('groups')));
  return output.items.filter((group) => group.name === name).length === 1 && output.next === null;
}

const groupNamesIn = (sets: readonly ResourceSet[]): ReadonlySet<string> =>
  new Set(
    sets.flatMap(({ members }) => members.flatMap((one) => /^group:(.+)$/su.exec(one)?.[1] ?? [])),
  );

const OF_OKTA = ['ConnectorError', 'PolicyDeniedError', 'InvalidArgumentError'];

async function readable<Value>(reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (thrown) {
    const { name, code } = thrown as { name?: string; code?: unknown };
    if (OF_OKTA.includes(name ?? ''))
      throw new AskerUnreadableError(typeof code === 'string' ? code : 'failed');
    throw thrown;
  }
}
