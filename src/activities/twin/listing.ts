import type { OktaApp } from '../../connectors/okta/types-access.ts';
import { USER_STATUSES } from '../../connectors/okta/statuses.ts';
import { EndlessListError } from '../../connectors/errors.ts';
import type { OktaPage, OktaUser } from '../../connectors/types.ts';
import type { ListedTwinUser } from '../../store/twin-types.ts';
import type { SyncList, SyncStamp, UnreadableRow } from '../../store/twin-sync-types.ts';
import type { Store, StoreTransaction } from '../../store/types.ts';
import { lastingFailure } from '../mfa/listing.ts';
import { listPages } from '../mfa/pages.ts';
import type { FoundPage } from '../mfa/pages.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import { callContext, stampOf, syncOf } from './plan.ts';
import type { Sync } from './plan.ts';
import type { SyncActivities } from './types.ts';

/** A page that was read: the ids in their order, and how to store the page. */
interface ReadPage {
  ids: string[];
  next: string | null;
  unreadable: readonly UnreadableRow[];
  store: (twin: Store['twin'], tx: StoreTransaction, stamp: SyncStamp) => Promise<void>;
}
type ListDeps = UsesStore<'twin'> & UsesConnectors<'okta'> & UsesClock;
type ReadList = (
  deps: UsesConnectors<'okta'>,
  sync: Sync,
  after: string | null,
) => Promise<ReadPage>;

/** How each list is read: 200 users, groups, apps or administrators per call. */
const LISTS: Record<SyncList, ReadList> = {
  users: async ({ connectors }, sync, after) => {
    // All statuses: without a filter, Okta omits deprovisioned users.
    const { output } = await connectors.okta(
      'users:read',
      { statuses: [...USER_STATUSES], after, skipUnreadable: true },
      callContext(sync, 'users'),
    );
    const users = output.items.map(toListedUser);
    const seen = output.unreadable?.flatMap(({ id }) => id ?? []) ?? [];
    return {
      ...pageOf(output),
      store: async (twin, tx, stamp) => {
        await twin.users.put(tx, stamp, users);
        await twin.users.touch(tx, stamp, seen);
      },
    };
  },
  groups: async ({ connectors }, sync, after) => {
    const input = { after, skipUnreadable: true };
    const { output } = await connectors.okta('groups:read', input, callContext(sync, 'groups'));
    const seen = output.unreadable?.flatMap(({ id }) => id ?? []) ?? [];
    return {
      ...pageOf(output),
      store: async (twin, tx, stamp) => {
        await twin.groups.put(tx, stamp, output.items);
        await twin.groups.touch(tx, stamp, seen);
      },
    };
  },
  apps: async ({ connectors }, sync, after) => {
    const input = { after, skipUnreadable: true };
    const { output } = await connectors.okta('apps:read', input, callContext(sync, 'apps'));
    const apps = output.items.map(app);
    const seen = output.unreadable?.flatMap(({ id }) => id ?? []) ?? [];
    return {
      ...pageOf(output),
      store: async (twin, tx, stamp) => {
        await twin.apps.put(tx, stamp, apps);
        await twin.apps.touch(tx, stamp, seen);
      },
    };
  },
  assignees: async ({ connectors }, sync, after) => {
    const { output } = await connectors.okta(
      'iam:read_assignees',
      { after, skipUnreadable: true },
      callContext(sync, 'assignees'),
    );
    return { ...pageOf(output), store: async () => undefined };
  },
};

const pageOf = ({ items, next, unreadable = [] }: OktaPage<{ id: string }>) => ({
  ids: items.map(({ id }) => id),
  next,
  unreadable,
});

const toListedUser = ({ lastUpdated: _, ...user }: OktaUser): ListedTwinUser => user;
const app = ({ id, label, signOnMode, status }: OktaApp) => ({
  id,
  label,
  signOnMode: signOnMode ?? 'UNKNOWN',
  status: status ?? 'UNKNOWN',
});

/** `listSyncPage`: reads pages of a list and stores each under its number, with its items. */
export function listSyncPage(deps: ListDeps): SyncActivities['listSyncPage'] {
  return async ({ run, list, page, most }) => {
    const sync = await syncOf(deps.store, run);
    const after =
      page === 0 ? null : ((await deps.store.twin.work.page(run, list, page - 1))?.next ?? null);
    return await listPages({ page, after, most }, (at) => readOnePage(deps, sync, { list, ...at }));
  };
}

async function readOnePage(
  deps: ListDeps,
  sync: Sync,
  { list, page, after }: { list: SyncList; page: number; after: string | null },
): Promise<FoundPage> {
  const { twin } = deps.store;
  const { run } = sync;
  const stored = await twin.work.page(run, list, page);
  if (stored) return { next: stored.next, storePage: async () => Promise.resolve(stored.count) };
  const read = await LISTS[list](deps, sync, after).catch((error: unknown) => {
    throw lastingFailure(error);
  });
  const { next, unreadable } = read;
  if (next !== null && (await twin.work.isKnownToken(run, list, { page, next })))
    throw new EndlessListError({ connector: 'okta', operation: `${list}:read` });
  const write = async (tx: StoreTransaction): Promise<void> =>
    read.store(twin, tx, stampOf(sync, deps.now()));
  const storePage = async (): Promise<number> =>
    (await twin.work.addPage({ run, list, page, next, unreadable }, read.ids, write)).count;
  return { next, storePage };
}
