import { Context } from '@temporalio/activity';
import type { SourceFailure } from '../../governance/approval.ts';
import { groupIn, groupMeant, isOktaId, personIn } from '../../governance/authority.ts';
import {
  ConnectorError,
  InvalidArgumentError,
  PolicyDeniedError,
} from '../../connectors/errors.ts';
import type { CallContext, OktaOperations, OktaPage, OktaUser } from '../../connectors/types.ts';
import type { UsesConnectors, UsesStore } from '../support/parts.ts';
import { ChannelMembers, TooManyMembersError } from './channel-members.ts';
import type { GovernedDeps } from './deps.ts';
import { UserReader, readingContext } from './user-reader.ts';

/** Pages of members, or of the System Log, that are read at most. */
const MOST_PAGES = 50;
const LOG_PAGE = 1_000;

export type SourceDeps = UsesStore<'authorityGroups'> &
  UsesConnectors<'okta' | 'slack'> &
  Pick<GovernedDeps, 'now' | 'org'>;

/** For whom sources are read. */
export interface SourceReader {
  run: string;
  workflowId: string;
  /** Members who joined their group at or after this time do not count; null: all count. */
  joinedBefore: Date | null;
  /** How long a channel may take, milliseconds; null: as long as it takes. */
  channelWithinMs: number | null;
}

/** The Okta ids of the active users of one source, and why there may be more. */
interface SourceReading {
  people: string[];
  failure: SourceFailure | null;
}

/** A source of the form `channel:NAME-OR-ID`, as policies name it in `hitl_channel`. */
export const channelSource = (channel: string): string => `channel:${channel}`;
export const isChannel = (source: string): boolean => source.startsWith('channel:');
const channelIn = (source: string): string | null =>
  isChannel(source) ? source.slice('channel:'.length) : null;

/** Reads sources of approvers, each on its own: one that cannot be read does not stop the others. */
export class ApproverSources {
  readonly #deps: SourceDeps;
  readonly #reader: SourceReader;
  readonly #signal = Context.current().cancellationSignal;
  readonly #readings = new Map<string, Promise<SourceReading>>();

  constructor(deps: SourceDeps, reader: SourceReader) {
    this.#deps = deps;
    this.#reader = reader;
  }

  read(source: string): Promise<SourceReading> {
    const known = this.#readings.get(source);
    if (known) return known;
    const reading = this.#read(source);
    this.#readings.set(source, reading);
    return reading;
  }

  /** Which of these users are in the channel of this source now; null if that may be known later. */
  async amongChannel(source: string, people: readonly string[]): Promise<string[] | null> {
    if (this.#reader.joinedBefore !== null) return [];
    try {
      return await this.#channel(this.#signal).among(channelIn(source) ?? '', people);
    } catch (thrown) {
      if (this.#signal.aborted) throw thrown;
      return failureOf(source, thrown).temporary ? null : [];
    }
  }

  async #read(source: string): Promise<SourceReading> {
    const people = new Set<string>();
    try {
      const failure = await this.#readInto(people, source);
      return { people: [...people], failure };
    } catch (thrown) {
      if (this.#signal.aborted) throw thrown;
      return { people: [...people], failure: failureOf(source, thrown) };
    }
  }

  async #readInto(people: Set<string>, source: string): Promise<SourceFailure | null> {
    const channel = channelIn(source);
    if (channel !== null) return this.#readChannel(people, source, channel);
    const group = groupIn(source);
    if (group !== null) return this.#readGroup(people, source, group);
    const found = await new UserReader(this.#deps, this.#reader).resolve(personIn(source) ?? '');
    if (found.ok) {
      if (found.person.status === 'ACTIVE') people.add(found.person.id);
      return null;
    }
    return found.why === 'nobody'
      ? lasting(source, 'person_missing', 'Okta has no user with this login, id or address')
      : lasting(source, 'person_ambiguous', 'several Okta users have this address: name one by id');
  }

  async #readChannel(
    people: Set<string>,
    source: string,
    channel: string,
  ): Promise<SourceFailure | null> {
    const { channelWithinMs: within, joinedBefore } = this.#reader;
    if (joinedBefore !== null) return lasting(source, 'tenure_unknown', CHANNEL_TENURE);
    const signal =
      within === null ? this.#signal : AbortSignal.any([this.#signal, AbortSignal.timeout(within)]);
    await this.#channel(signal).readInto(people, channel);
    return null;
  }

  #channel(signal: AbortSignal): ChannelMembers {
    const { connectors } = this.#deps;
    const users = new UserReader(this.#deps, this.#reader, signal);
    return new ChannelMembers(connectors.slack, users, (subject) =>
      readingContext(this.#reader, subject, signal),
    );
  }

  async #readGroup(
    people: Set<string>,
    source: string,
    name: string,
  ): Promise<SourceFailure | null> {
    const found = await this.#findGroup(source, name);
    if (!found.ok) return found.failure;
    const late = await this.#findLateMembers(found.id);
    for (let after: string | null = null, pages = 0; ; pages += 1) {
      const page: OktaPage<OktaUser> = (
        await this.#deps.connectors.okta(
          'groups:read_members',
          { groupId: found.id, after },
          this.#on(found.id),
        )
      ).output;
      for (const { id, status } of page.items)
        if (status === 'ACTIVE' && !late.has(id)) people.add(id);
      after = page.next;
      if (after === null) return null;
      if (pages >= MOST_PAGES) return lasting(source, 'too_many', 'the group has too many members');
    }
  }

  /**
   * The group that a name means. The group that was found first is meant from then on: another group
   * of the name is a failure, and so is a second one.
   */
  async #findGroup(
    source: string,
    name: string,
  ): Promise<{ ok: true; id: string } | { ok: false; failure: SourceFailure }> {
    if (isOktaId(name)) return { ok: true, id: name };
    const { connectors, store, org, now } = this.#deps;
    const { output } = await connectors.okta('groups:read', { name }, this.#on('groups'));
    const groups = output.items.filter((one) => one.name === name);
    const known = (await store.authorityGroups.known(org)).get(name);
    const meant = groupMeant(groups, known);
    if (!meant.ok) return { ok: false, failure: lasting(source, meant.code, meant.message) };
    const kept =
      known ?? (await store.authorityGroups.keep(org, name, meant.id, now().toISOString()));
    // Another process may have found another group of the name at the same time.
    const checked = groupMeant(groups, kept);
    return checked.ok
      ? checked
      : { ok: false, failure: lasting(source, checked.code, checked.message) };
  }

  /** Users who, by the System Log, were added to the group too late to count. */
  async #findLateMembers(groupId: string): Promise<ReadonlySet<string>> {
    const late = new Set<string>();
    const { joinedBefore } = this.#reader;
    if (joinedBefore === null) return late;
    const filter = `eventType eq "group.user_membership.add" and target.id eq "${groupId}"`;
    const since = joinedBefore.toISOString();
    for (let after: string | null = null, pages = 0; pages < MOST_PAGES; pages += 1) {
      const page: OktaOperations['logs:read']['output'] = (
        await this.#deps.connectors.okta(
          'logs:read',
          { since, filter, limit: LOG_PAGE, after },
          this.#on(groupId),
        )
      ).output;
      for (const { targets } of page.items)
        for (const { id } of targets) if (id !== null && id !== groupId) late.add(id);
      // Without an end of the window there is always a next page.
      if (page.items.length + page.malformed < LOG_PAGE || page.next === null) return late;
      after = page.next;
    }
    throw new TooManyEntriesError();
  }

  #on<Output>(subject: string): CallContext<Output> {
    return readingContext(this.#reader, subject, this.#signal);
  }
}

const CHANNEL_TENURE =
  'members of a channel do not count for a change of who may approve or administer: arx cannot see since when they are members';

class TooManyEntriesError extends Error {
  override readonly name = 'TooManyEntriesError';
}

const lasting = (source: string, code: string, message: string): SourceFailure => ({
  source,
  code,
  message,
  temporary: false,
});

/** A failed reading, if the source is to blame. Throws every other error. */
function failureOf(source: string, thrown: unknown): SourceFailure {
  if (thrown instanceof ConnectorError) {
    const { code, message } = thrown;
    // Only the time limit of a source cancels a call here.
    return code === 'cancelled'
      ? { source, code: 'slow', message: 'it did not answer in time', temporary: true }
      : { source, code, message, temporary: thrown.retryable };
  }
  if (thrown instanceof PolicyDeniedError) return lasting(source, 'policy_denied', thrown.message);
  if (thrown instanceof InvalidArgumentError) return lasting(source, thrown.code, thrown.message);
  if (thrown instanceof TooManyEntriesError)
    return lasting(source, 'too_many', 'the System Log has too many changes of this group');
  // Each member is checked when it votes.
  if (thrown instanceof TooManyMembersError)
    return { source, code: 'too_many', message: thrown.message, temporary: true };
  throw thrown;
}
