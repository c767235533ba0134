import { ApplicationFailure } from '@temporalio/activity';
import { EndlessListError } from '../../connectors/errors.ts';
import type { OktaOperations } from '../../connectors/types.ts';
import { raise } from '../../twin/events/raise.ts';
import type { UnreadableRow } from '../../store/twin-sync-types.ts';
import type { SecurityEvent } from '../../twin/types.ts';
import type { CarryOver, LogEntry } from '../../twin/events/types.ts';
import { lastingFailure } from '../mfa/listing.ts';
import type { UsesConnectors, UsesStore } from '../support/parts.ts';
import type { SyncDeps } from './deps.ts';
import { callContext, syncOf } from './plan.ts';
import type { Sync } from './plan.ts';
import type { SyncActivities } from './types.ts';

const ENTRIES_A_PAGE = 1_000;
/** Event types of a sign-in, at Okta or through Okta at a service. */
const SIGN_IN = /^user\.(session\.start|authentication\.(sso|auth_via_\w+))$/;

/**
 * `readLogPage`: reads one page of the log, and stores the security events that it raises and the
 * state that the next page needs.
 */
export function readLogPage(
  deps: UsesStore<'twin'> & UsesConnectors<'okta'> & Pick<SyncDeps, 'rules'>,
): SyncActivities['readLogPage'] {
  return async ({ run, page }) => {
    const { work, events, users } = deps.store.twin;
    const stored = await work.page(run, 'logs', page);
    if (stored) return { entries: stored.count, more: stored.next !== null };
    const sync = await syncOf(deps.store, run);
    const { org } = sync;
    const before =
      page === 0
        ? await readInitialState(deps, sync)
        : ((await events.readCarriedIn(org, run)) ?? null);
    const after = page === 0 ? null : ((await work.page(run, 'logs', page - 1))?.next ?? null);
    const { items, next, unreadable } = await readPage(deps, sync, after);
    if (next !== null && (await work.isKnownToken(run, 'logs', { page, next })))
      throw new EndlessListError({ connector: 'okta', operation: 'logs:read' });
    const found = raise(deps.rules, items, {
      settings: sync.plan.twin,
      carried: before,
      raised: await readRaised(deps, org, [...(before?.entries ?? []), ...items]),
      window: windowOf(sync, { items, last: next === null, from: page === 0 ? null : before }),
    });
    const key = { run, list: 'logs', page, next, unreadable: unreadable.map(toRow) };
    const added = await work.addPage(key, [], store, items.length);
    return { entries: added.count, more: added.next !== null };

    async function store(tx: Parameters<typeof events.carry>[0]): Promise<void> {
      await events.add(tx, { org, run }, found.events);
      await events.carry(tx, { org, run }, found.carried);
      await users.recordSignIns(tx, org, items.flatMap(signIn));
    }
  };
}

/** The state that earlier syncs left, unless this sync begins before everything that they read. */
async function readInitialState(
  { store }: UsesStore<'twin'>,
  { org, plan }: Sync,
): Promise<CarryOver | null> {
  return plan.log?.anew ? null : await store.twin.events.readCarried(org);
}

/** The events that were raised for these entries or later ones. */
async function readRaised(
  { store }: UsesStore<'twin'>,
  org: string,
  entries: readonly LogEntry[],
): Promise<Pick<SecurityEvent, 'uuid' | 'rule'>[]> {
  const times = entries.map(({ published }) => Date.parse(published));
  if (times.length === 0) return [];
  const first = times.reduce((one, other) => Math.min(one, other));
  return await store.twin.events.raisedSince(org, new Date(first).toISOString());
}

/** An entry that could not be read: its uuid, or else its place. */
function toRow(named: string, at: number): UnreadableRow {
  const place = /^entry (\d+)$/.exec(named)?.[1];
  return place === undefined ? { place: at + 1, id: named } : { place: Number(place), id: null };
}

async function readPage(
  { connectors }: UsesConnectors<'okta'>,
  sync: Sync,
  after: string | null,
): Promise<OktaOperations['logs:read']['output']> {
  const { log } = sync.plan;
  if (!log)
    throw ApplicationFailure.nonRetryable('this sync does not read the log', 'configuration');
  const { since, until } = log;
  const input = { since, until, sortOrder: 'ASCENDING', limit: ENTRIES_A_PAGE, after } as const;
  try {
    return (await connectors.okta('logs:read', input, callContext(sync, 'logs'))).output;
  } catch (error) {
    throw lastingFailure(error);
  }
}

/** The part of the log that is known completely after a page: up to its newest entry, or the end. */
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
