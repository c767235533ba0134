/** The details that a sync reads of the items of each list. */
import { EndlessListError } from '../../connectors/errors.ts';
import type { OktaPage, OktaFactor } from '../../connectors/types.ts';
import type { OktaRole } from '../../connectors/okta/types.ts';
import type { SyncView, SyncWork, SyncList } from '../../store/twin-sync-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { TwinFactor } from '../../twin/types.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import { callContext, stampOf } from './plan.ts';
import type { Sync } from './plan.ts';

export type ReadDeps = UsesStore<'twin'> & UsesConnectors<'okta'> & UsesClock;

/** The result for one item; null if it could not be read. */
interface Result<Value> {
  id: string;
  value: Value | null;
}

/** One kind of detail: how it is read for an item, and how results are stored. */
export interface Work<Value> {
  work: SyncWork;
  /** The items that the configuration says not to read; absent: none. */
  skipped?: (deps: ReadDeps, sync: Sync, ids: readonly string[]) => Promise<string[]>;
  read: (deps: ReadDeps, sync: Sync, id: string) => Promise<Value>;
  keep: (
    deps: ReadDeps,
    sync: Sync,
    kept: { tx: StoreTransaction; results: readonly Result<Value>[] },
  ) => Promise<void>;
}

const MEMBERS_A_PAGE = 1_000;
const ASSIGNED_A_PAGE = 500;

const factors: Work<TwinFactor[]> = {
  work: 'factors',
  read: async ({ connectors }, sync, id) =>
    (await connectors.okta('users:read_factors', { userId: id }, callContext(sync, id))).output.map(
      factor,
    ),
  keep: ({ store }, { org }, { tx, results }) =>
    store.twin.users.setFactors(
      tx,
      org,
      results.map(({ id, value }) => ({ id, factors: value })),
    ),
};

/**
 * Members of groups, 1,000 per call. Reading the groups of each user instead would take one call per
 * user from the bucket that factors need. All users are in the built-in group, so its members are not
 * read.
 */
const members: Work<true> = {
  work: 'members',
  skipped: ({ store }, { org, plan }, ids) =>
    store.twin.groups.findNamed(org, ids, plan.twin.skipGroups),
  read: async (deps, sync, groupId) => {
    const { twin } = deps.store;
    if ((await twin.groups.everyone(sync.org, [groupId])).length > 0) return true;
    return await readPages(deps, sync, {
      list: `members:${groupId}`,
      read: async (after) => {
        const input = { groupId, limit: MEMBERS_A_PAGE, after, skipUnreadable: true };
        return (
          await deps.connectors.okta('groups:read_members', input, callContext(sync, groupId))
        ).output;
      },
      keep: (tx, ids) => twin.groups.addMembers(tx, stampOf(sync, deps.now()), groupId, ids),
    });
  },
  keep: async ({ store }, sync, { tx, results }) => {
    for (const { id, value } of results)
      if (value) await store.twin.groups.closeMembers(tx, viewOf(sync), id);
  },
};

const groupRoles: Work<string[]> = {
  work: 'group_roles',
  read: async ({ connectors }, sync, groupId) =>
    (await connectors.okta('groups:read_roles', { groupId }, callContext(sync, groupId))).output
      .filter(isHeld)
      .map(roleName),
  keep: ({ store }, { org }, { tx, results }) =>
    store.twin.groups.setRoles(
      tx,
      org,
      results.flatMap(({ id, value }) => (value ? [{ id, roles: value }] : [])),
    ),
};

/** Roles that are assigned directly; roles through a group are read from the group. */
const userRoles: Work<string[]> = {
  work: 'user_roles',
  read: async ({ connectors }, sync, userId) =>
    (await connectors.okta('users:read_roles', { userId }, callContext(sync, userId))).output
      .filter((role) => isHeld(role) && role.assignmentType !== 'GROUP')
      .map(roleName),
  keep: async (deps, sync, { tx, results }) => {
    const stamp = stampOf(sync, deps.now());
    const read = results.flatMap(({ id, value }) => (value ? [{ id, roles: value }] : []));
    await deps.store.twin.users.setRoles(tx, stamp, read);
    // Roles that could not be read again stay as last known.
    const unread = results.flatMap(({ id, value }) => (value ? [] : [id]));
    await deps.store.twin.users.keepRoles(tx, stamp, unread);
  },
};

const appUsers: Work<number> = {
  work: 'app_users',
  read: async (deps, sync, appId) => {
    const list = `app_users:${appId}`;
    const read = async (after: string | null) => {
      const input = { appId, limit: ASSIGNED_A_PAGE, after, skipUnreadable: true };
      return (await deps.connectors.okta('apps:read_users', input, callContext(sync, appId)))
        .output;
    };
    await readPages(deps, sync, { list, read });
    return await deps.store.twin.work.sumCounts(sync.run, list);
  },
  keep: ({ store }, { org }, { tx, results }) =>
    store.twin.apps.setCount(tx, org, 'users', results.map(toCount)),
};

const appGroups: Work<number> = {
  work: 'app_groups',
  read: async (deps, sync, appId) => {
    const list = `app_groups:${appId}`;
    const read = async (after: string | null) => {
      const input = { appId, after, skipUnreadable: true };
      return (await deps.connectors.okta('apps:read_groups', input, callContext(sync, appId)))
        .output;
    };
    await readPages(deps, sync, { list, read });
    return await deps.store.twin.work.sumCounts(sync.run, list);
  },
  keep: ({ store }, { org }, { tx, results }) =>
    store.twin.apps.setCount(tx, org, 'groups', results.map(toCount)),
};

/** The kinds of details of each list. */
export const WORKS: Record<SyncList, readonly Work<never>[]> = {
  users: [factors],
  groups: [members, groupRoles],
  apps: [appUsers, appGroups],
  assignees: [userRoles],
} as unknown as Record<SyncList, readonly Work<never>[]>;

const factor = ({ id, type, provider, status }: OktaFactor): TwinFactor => ({
  id,
  type,
  provider: provider ?? null,
  status: status ?? null,
});
const isHeld = ({ status }: OktaRole): boolean => status === null || status === 'ACTIVE';
const roleName = ({ type, label }: OktaRole): string =>
  type === 'CUSTOM' ? (label ?? type) : type;
const toCount = ({ id, value }: Result<number>) => ({ id, count: value });

/** The view of this sync on its own rows. */
export const viewOf = ({ org, run, startedAt }: Sync): SyncView => ({
  org,
  run,
  startedAt,
  proves: [],
});

interface Pages {
  list: string;
  read: (after: string | null) => Promise<OktaPage<{ id: string }>>;
  keep?: (tx: StoreTransaction, ids: string[]) => Promise<void>;
}

/** Reads the rest of a list, from the page after the last stored one. */
async function readPages(
  { store }: UsesStore<'twin'>,
  { run }: Sync,
  { list, read, keep }: Pages,
): Promise<true> {
  const last = await store.twin.work.lastPage(run, list);
  let next = last?.next ?? null;
  for (let page = (last?.page ?? -1) + 1; page === 0 || next !== null; page += 1) {
    const { items, next: leadsTo, unreadable = [] } = await read(next);
    if (
      leadsTo !== null &&
      (await store.twin.work.isKnownToken(run, list, { page, next: leadsTo }))
    )
      throw new EndlessListError({ connector: 'okta', operation: list.replace(/:.*/, '') });
    const ids = [...items, ...unreadable].flatMap(({ id }) => id ?? []);
    const write = async (tx: StoreTransaction): Promise<void> => keep?.(tx, ids);
    // A row with an id counts like the others; without one it is not known whose it is.
    const anonymous = unreadable.filter(({ id }) => id === null);
    const stored = await store.twin.work.addPage(
      { run, list, page, next: leadsTo, unreadable: anonymous },
      [],
      write,
      ids.length + unreadable.length,
    );
    next = stored.next;
  }
  return true;
}
