import { ApplicationFailure } from '@temporalio/activity';
import type { CarryOver, LogEntry } from '../../twin/events/types.ts';
import type { OktaPage } from '../../connectors/types.ts';
import { raise } from '../../twin/events/raise.ts';
import { lastingOrNot } from '../mfa/listing.ts';
import type { SyncDeps } from './deps.ts';
import { callContext, syncOf } from './plan.ts';
import type { Sync } from './plan.ts';
import type { SyncActivities } from './types.ts';

const ENTRIES_A_PAGE = 1_000;
/** Entries that show somebody signing in, at Okta or at a service by way of it. */
const SIGN_IN = /^user\.(session\.start|authentication\.(sso|auth_via_\w+))$/;

/**
 * `readLogPage`: one page of the log, the events that it raises, and what the next page needs to
 * know of it.
 */
export function readLogPage(deps: SyncDeps): SyncActivities['readLogPage'] {
  return async ({ run, page }) => {
    const { work, events, users } = deps.store.twin;
    const stored = await work.page(run, 'logs', page);
    if (stored) return { entries: stored.count, more: stored.next !== null };
    const sync = await syncOf(deps.store, run);
    const { org } = sync;
    const before =
      page === 0 ? await beginning(deps, sync) : ((await events.readCarriedIn(org, run)) ?? null);
    const after = page === 0 ? null : ((await work.page(run, 'logs', page - 1))?.next ?? null);
    const { items, next } = await readPage(deps, sync, after);
    const found = raise(deps.rules, items, {
      settings: sync.plan.twin,
      carried: before,
      window: windowOf(sync, { items, last: next === null, from: page === 0 ? null : before }),
    });
    const key = { run, list: 'logs', page, next };
    const added = await work.addPage(key, [], store, items.length);
    return { entries: added.count, more: added.next !== null };

    async function store(tx: Parameters<typeof events.carry>[0]): Promise<void> {
      await events.add(tx, { org, run }, found.events);
      await events.carry(tx, { org, run }, found.carried);
      await users.recordSignIns(tx, org, items.flatMap(signIn));
    }
  };
}

/** What the syncs before hand on, unless this one begins before all that they read. */
const beginning = async ({ store }: SyncDeps, { org, plan }: Sync): Promise<CarryOver | null> =>
  plan.log?.anew ? null : await store.twin.events.readCarried(org);

async function readPage(
  { connectors }: SyncDeps,
  sync: Sync,
  after: string | null,
): Promise<OktaPage<LogEntry>> {
  const { log } = sync.plan;
  if (!log)
    throw ApplicationFailure.nonRetryable('this sync does not read the log', 'configuration');
  const { since, until } = log;
  const input = { since, until, sortOrder: 'ASCENDING', limit: ENTRIES_A_PAGE, after } as const;
  try {
    return (await connectors.okta('logs:read', input, callContext(sync, 'logs'))).output;
  } catch (error) {
    throw lastingOrNot(error);
  }
}

/**
 * The stretch of the log that is known whole after a page: up to its newest entry, or to the end.
 */
function windowOf(
  { plan, startedAt }: Sync,
  { items, last, from }: { items: readonly LogEntry[]; last: boolean; from: CarryOver | null },
) {
  const since = from?.until ?? plan.log?.since ?? startedAt;
  const newest = items
    .map(({ published }) => Date.parse(published))
    .filter((at) => !Number.isNaN(at));
  const until = last
    ? (plan.log?.until ?? startedAt)
    : new Date(Math.max(Date.parse(since), ...newest)).toISOString();
  return { since, until };
}

function signIn({ eventType, outcome, actor, published }: LogEntry): { id: string; at: string }[] {
  const isOne =
    SIGN_IN.test(eventType) && outcome === 'SUCCESS' && actor?.type === 'User' && actor.id !== null;
  const at = Date.parse(published);
  return isOne && !Number.isNaN(at) ? [{ id: `${actor.id}`, at: new Date(at).toISOString() }] : [];
}
