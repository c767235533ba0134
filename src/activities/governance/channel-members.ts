import { ConnectorError } from '../../connectors/errors.ts';
import { readPages } from '../../connectors/pages.ts';
import type { CallContext, SlackOperations } from '../../connectors/types.ts';
import type { UsesConnectors } from '../support/parts.ts';
import type { UserReader } from './user-reader.ts';

/** Of so many members the Okta users are looked up; others are looked up when they vote. */
const MOST_LOOKED_UP = 200;
/** So many of them with one call to Okta. */
const AT_ONCE = 10;
/** A channel has at most so many members. */
const MOST_MEMBERS = 20_000;
/** How long the Okta user of a member, and the members of a channel, are reused. */
const MEMBER_FRESH_MS = 600_000;
const CHANNEL_FRESH_MS = 60_000;

type Slack = UsesConnectors<'slack'>['connectors']['slack'];

/** The channel has more members than are looked up at once. */
export class TooManyMembersError extends Error {
  override readonly name = 'TooManyMembersError';
  constructor() {
    super(`only the first ${MOST_LOOKED_UP} members are listed; others are found when they vote`);
  }
}

interface Remembered {
  members: Map<string, { person: string | null; until: number }>;
  channels: Map<string, { people: string[]; until: number }>;
}
const REMEMBERED = new WeakMap<Slack, Remembered>();

/**
 * The Okta users in a Slack channel. A member is the user whose address the member's Slack account
 * has. What was read is reused for a while, so that a reading that was cut short can be continued.
 */
export class ChannelMembers {
  readonly #slack: Slack;
  readonly #users: UserReader;
  readonly #context: <Output>(subject: string) => CallContext<Output>;
  readonly #remembered: Remembered;

  constructor(
    slack: Slack,
    users: UserReader,
    context: <Output>(subject: string) => CallContext<Output>,
  ) {
    this.#slack = slack;
    this.#users = users;
    this.#context = context;
    this.#remembered = REMEMBERED.get(slack) ?? { members: new Map(), channels: new Map() };
    REMEMBERED.set(slack, this.#remembered);
  }

  /**
   * Adds the active Okta users in the channel to `people`, a few at a time: after an error, those read
   * so far are there. Throws as the connectors do.
   */
  async readInto(people: Set<string>, channel: string): Promise<void> {
    const { channels } = this.#remembered;
    const known = channels.get(channel);
    if (known && known.until > performance.now())
      return known.people.forEach((one) => people.add(one));
    const own: string[] = [];
    const members = await this.#membersOf(channel);
    for (let at = 0; at < Math.min(members.length, MOST_LOOKED_UP); at += AT_ONCE) {
      const some = await this.#peopleOf(members.slice(at, Math.min(at + AT_ONCE, MOST_LOOKED_UP)));
      own.push(...some);
      for (const person of some) people.add(person);
    }
    if (members.length > MOST_LOOKED_UP) throw new TooManyMembersError();
    channels.set(channel, { people: own, until: performance.now() + CHANNEL_FRESH_MS });
  }

  /** Which of these Okta users are in the channel now. Nothing is reused. */
  async among(channel: string, people: readonly string[]): Promise<string[]> {
    const members = new Set(await this.#membersOf(channel));
    const found: string[] = [];
    for (const person of people) {
      const user = await this.#users.findUser(person);
      if (user?.status !== 'ACTIVE') continue;
      for (const email of new Set([user.login, user.email ?? user.login])) {
        const account = await this.#account({ email });
        if (account?.active && members.has(account.id)) found.push(person);
      }
    }
    return [...new Set(found)];
  }

  async #membersOf(channel: string): Promise<string[]> {
    const id = /^[A-Z][A-Z0-9_]+$/.test(channel)
      ? channel
      : (await this.#slack('channels:read', { channel }, this.#context('channel'))).output.id;
    const members: string[] = [];
    const pages = readPages(
      { connector: 'slack', operation: 'channels:members' },
      async (cursor) =>
        (await this.#slack('channels:members', { channel: id, cursor }, this.#context('channel')))
          .output,
    );
    for await (const page of pages) {
      members.push(...page.members);
      if (members.length >= MOST_MEMBERS) break;
    }
    return members;
  }

  /** The active Okta users of these members. */
  async #peopleOf(some: readonly string[]): Promise<string[]> {
    const { members } = this.#remembered;
    const isFresh = (member: string): boolean =>
      (members.get(member)?.until ?? 0) > performance.now();
    const remember = (member: string, person: string | null): unknown =>
      members.set(member, { person, until: performance.now() + MEMBER_FRESH_MS });
    const addresses: { member: string; email: string }[] = [];
    for (const member of some.filter((one) => !isFresh(one))) {
      const account = await this.#account({ user: member });
      const email = account?.active ? account.email : null;
      if (email === null) remember(member, null);
      else addresses.push({ member, email });
    }
    const users = await this.#users.findEach(addresses.map(({ email }) => email));
    for (const [at, { member }] of addresses.entries())
      remember(member, users[at]?.status === 'ACTIVE' ? users[at].id : null);
    return some.flatMap((member) => members.get(member)?.person ?? []);
  }

  async #account(
    by: SlackOperations['users:lookup']['input'],
  ): Promise<SlackOperations['users:lookup']['output'] | null> {
    try {
      return (await this.#slack('users:lookup', by, this.#context('channel'))).output;
    } catch (error) {
      if (error instanceof ConnectorError && error.code === 'not_found') return null;
      throw error;
    }
  }
}
