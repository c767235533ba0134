import { ANONYMOUS, nameOf, principalOf, userIn } from '../../governance/principal.ts';
import { groupMeant } from '../../governance/authority.ts';
import { readItems } from '../../connectors/pages.ts';
import type { CallContext, Caller, OktaGroup, OktaUser } from '../../connectors/types.ts';
import { namesGroups } from '../../flows/permissions.ts';
import { isSuperAdministrator } from '../../flows/refusals.ts';
import type { SetCaller } from '../../flows/permissions.ts';
import type { ResourceSet } from '../../flows/types.ts';
import type { FlowCaller } from '../../store/flow-types.ts';
import { findUser } from '../approvals/okta-users.ts';
import type { OktaReader } from '../approvals/okta-users.ts';
import { newRunId } from './ids.ts';
import { RequesterUnreadableError } from './refusal.ts';
import type { FlowRequester, FlowServiceParts } from './types.ts';

/** How long a lookup is reused: a user removed from a group may run its flows this much longer. */
const FRESH_MS = 30_000;

/** The requester: as recorded (`caller`), and as resource sets see it (`member`). */
export interface Identity {
  caller: FlowCaller;
  member: SetCaller;
}

type LookupParts = Pick<FlowServiceParts, 'connectors' | 'newId' | 'now' | 'settings' | 'store'>;

/** All groups of a user. */
const readGroups = ({ okta, context }: OktaReader, userId: string): Promise<OktaGroup[]> =>
  readItems(
    { connector: 'okta', operation: 'users:read_groups' },
    async (after) => (await okta('users:read_groups', { userId, after }, context(userId))).output,
  );

/** Identifies requesters in Okta. Throws RequesterUnreadableError if Okta does not answer. */
export class RequesterLookup {
  readonly #parts: LookupParts;
  readonly #users: TimedCache<OktaUser | null>;
  readonly #groups: TimedCache<OktaGroup[]>;
  readonly #named: TimedCache<OktaGroup[]>;

  constructor(parts: LookupParts) {
    this.#parts = parts;
    this.#users = new TimedCache(FRESH_MS, parts.now);
    this.#groups = new TimedCache(FRESH_MS, parts.now);
    this.#named = new TimedCache(FRESH_MS, parts.now);
  }

  /**
   * The requester as far as proven: unauthenticated names and unknown or inactive users are members
   * of nothing.
   */
  async identify(requester: FlowRequester, sets: readonly ResourceSet[]): Promise<Identity> {
    const { authenticatedBy, surface } = requester;
    const by = { authenticatedBy, surface };
    const principal = isTrusted(requester) ? requester.principal : ANONYMOUS;
    if (userIn(principal) === null) {
      return { caller: { principal, personId: null, ...by }, member: { principal, groups: [] } };
    }
    const reader = this.#reader(requester);
    const user = await this.#users.get(principal.toLowerCase(), () =>
      findOktaUser(reader, principal),
    );
    if (user?.status !== 'ACTIVE') {
      return {
        caller: { principal, personId: user?.id ?? null, ...by },
        member: { principal: ANONYMOUS, groups: [] },
      };
    }
    const principalOfUser = principalOf('user', user.login);
    const groups = namesGroups(sets)
      ? await this.#groupsOf(reader, user.id, groupNamesIn(sets))
      : [];
    return {
      caller: { principal: principalOfUser, personId: user.id, ...by },
      member: { principal: principalOfUser, groups },
    };
  }

  /**
   * Whether an authenticated user holds SUPER_ADMIN now, directly or through a group. Never cached.
   */
  async isSuperAdministrator(requester: FlowRequester): Promise<boolean> {
    const { principal, authenticatedBy } = requester;
    if (authenticatedBy === 'none' || userIn(principal) === null) return false;
    const reader = this.#reader(requester);
    const user = await findOktaUser(reader, principal);
    if (user?.status !== 'ACTIVE') return false;
    const input = { userId: user.id };
    const { output } = await orRequesterUnreadable(
      reader.okta('users:read_roles', input, reader.context(user.id)),
    );
    return isSuperAdministrator(output);
  }

  /** The ids and names in `wanted` of the groups that the user is in. */
  async #groupsOf(
    reader: OktaReader,
    userId: string,
    wanted: ReadonlySet<string>,
  ): Promise<string[]> {
    const groups = await this.#groups.get(userId, () =>
      orRequesterUnreadable(readGroups(reader, userId)),
    );
    const byId = groups.filter(({ id }) => wanted.has(id)).map(({ id }) => id);
    const candidates = groups.filter(({ name }) => wanted.has(name));
    const meant = await Promise.allSettled(
      candidates.map(async (group) => ((await this.#isMeant(reader, group)) ? [group.name] : [])),
    );
    const names = meant.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const found = [...byId, ...names];
    // A name that could not be read does not take the other groups away.
    const failed = meant.find((one) => one.status === 'rejected');
    if (found.length === 0 && failed) throw failed.reason;
    return found;
  }

  /**
   * Whether the name of a group means this group: only one group has the name, and it is the one
   * that had it when arx first resolved the name. Anyone who may create groups could put a user into
   * another group of the name.
   */
  async #isMeant(reader: OktaReader, { id, name }: OktaGroup): Promise<boolean> {
    const { store, settings, now } = this.#parts;
    const org = settings().ownOktaHost ?? '';
    const groups = await this.#named.get(name, () => groupsNamed(reader, name));
    const known = (await store.authorityGroups.known(org)).get(name);
    const meant = groupMeant(groups, known);
    if (!meant.ok || meant.id !== id) return false;
    return (
      known === id || (await store.authorityGroups.keep(org, name, id, now().toISOString())) === id
    );
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

/** Anyone who may start workflows may name any user, as with every governed operation. */
const isTrusted = ({ authenticatedBy, surface }: FlowRequester): boolean =>
  authenticatedBy !== 'none' || surface === 'workflow';

async function findOktaUser(reader: OktaReader, principal: string): Promise<OktaUser | null> {
  return orRequesterUnreadable(findUser(reader, nameOf('user', principal) ?? ''));
}

async function groupsNamed(reader: OktaReader, name: string): Promise<OktaGroup[]> {
  const { output } = await orRequesterUnreadable(
    reader.okta('groups:read', { name }, reader.context('groups')),
  );
  return output.items.filter((group) => group.name === name);
}

const groupNamesIn = (sets: readonly ResourceSet[]): ReadonlySet<string> =>
  new Set(
    sets.flatMap(({ members }) => members.flatMap((one) => /^group:(.+)$/su.exec(one)?.[1] ?? [])),
  );

const OKTA_ERRORS = ['ConnectorError', 'PolicyDeniedError', 'InvalidArgumentError'];

async function orRequesterUnreadable<Value>(reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (thrown) {
    const { name, code } = thrown as { name?: string; code?: unknown };
    if (OKTA_ERRORS.includes(name ?? ''))
      throw new RequesterUnreadableError(typeof code === 'string' ? code : 'failed');
    throw thrown;
  }
}

const MAX_ENTRIES = 1_000;

/** Values that are loaded at most once per period; failures are not kept. */
class TimedCache<Value> {
  readonly #known = new Map<string, { value: Promise<Value>; until: number }>();
  readonly #forMs: number;
  readonly #now: () => Date;

  constructor(forMs: number, now: () => Date) {
    this.#forMs = forMs;
    this.#now = now;
  }

  get(key: string, load: () => Promise<Value>): Promise<Value> {
    const at = this.#now().getTime();
    const known = this.#known.get(key);
    if (known && known.until > at) return known.value;
    if (this.#known.size >= MAX_ENTRIES) this.#known.clear();
    const value = load();
    this.#known.set(key, { value, until: at + this.#forMs });
    value.catch(() => this.#known.delete(key));
    return value;
  }
}
