import { Context } from '@temporalio/activity';
import type { SyncSettings } from '../../config/schema/twin-settings.ts';
import type { CarryOver } from '../../twin/events/types.ts';
import { overlapOf } from '../../twin/events/carry-over.ts';
import type { StreamName } from '../../twin/types.ts';
import { AUTO_BATCH, MOST_HOURS_BACK } from '../../mfa/scan-plan.ts';
import { configurationFailure } from '../support/failures.ts';
import type { UsesStore } from '../support/parts.ts';
import type { SyncDeps } from './deps.ts';
import { planForStore, syncDraft, withPlan } from './plan.ts';
import type { Sync, SyncPlan } from './plan.ts';
import type { SyncActivities } from './types.ts';

type BeginInput = Parameters<SyncActivities['beginSync']>[0];

/** Activities per list that run at the same time. Apps take two calls each, from their own bucket. */
const WINDOWS = { groups: 2, apps: 4, assignees: 1 };
/** Items per activity. */
const ITEMS = 50;
/**
 * When a sync continues as new, every branch waits for the others, so it does that less often than a
 * scan.
 */
const SYNC_HISTORY_LIMIT = 1_000;

const HOUR_MS = 3_600_000;
const HOURS_BACK = 24;

type BeginDeps = UsesStore<'journal' | 'snapshots' | 'twin'> &
  Pick<SyncDeps, 'now' | 'org' | 'settings'>;

/** `beginSync`: decides what is read, with which settings, and which part of the System Log. */
export function beginSync(deps: BeginDeps): SyncActivities['beginSync'] {
  return async (input) => {
    const record = await deps.store.twin.syncs.get(input.run);
    const sync = record ? withPlan(record) : await freezePlan(deps, input);
    const { streams, log, window, batch } = sync.plan;
    const outcome = { streams, ...(log && { since: log.since, until: log.until }) };
    const draft = syncDraft(sync, {
      kind: 'sync.started',
      subject: sync.run,
      at: sync.startedAt,
      outcome,
    });
    await deps.store.journal.append([draft]);
    const limits = { historyLimit: SYNC_HISTORY_LIMIT, windows: WINDOWS, items: ITEMS };
    return { run: sync.run, window, batch, autoBatch: AUTO_BATCH, ...limits };
  };
}

async function freezePlan(deps: BeginDeps, input: BeginInput): Promise<Sync> {
  const { run } = input;
  const { store, org } = deps;
  const { workflowId } = Context.current().info.workflowExecution ?? { workflowId: run };
  const streams = streamNames(input);
  if (streams.length === 0)
    throw configurationFailure(
      'nothing is left to read: leave at least one of users, apps and logs on',
    );
  const now = deps.now();
  const settings = await settingsOf(deps, input);
  const log = streams.includes('logs')
    ? windowOf(now, input.hoursBack ?? HOURS_BACK, {
        carried: await store.twin.events.readCarried(org),
        latenessMs: settings.twin.logLatenessMs,
      })
    : null;
  const plan = planForStore({ ...settings, streams, log });
  return withPlan(
    await store.twin.syncs.begin({ run, workflowId, org, startedAt: now.toISOString(), plan }),
  );
}

function streamNames({ users = true, apps = true, logs = true }: BeginInput): StreamName[] {
  const wanted = { users, apps, logs, roles: users };
  return (Object.keys(wanted) as StreamName[]).filter((name) => wanted[name]);
}

/**
 * The last `hours` hours, or more if the previous window ended earlier, so that there is no gap. It
 * overlaps the previous window by as much as entries may be late.
 */
function windowOf(
  now: Date,
  hours: number,
  { carried, latenessMs }: { carried: CarryOver | null; latenessMs: number },
): NonNullable<SyncPlan['log']> {
  const requested = now.getTime() - hours * HOUR_MS;
  const oldest = now.getTime() - MOST_HOURS_BACK * HOUR_MS;
  const joined =
    carried === null
      ? requested
      : Math.max(oldest, Date.parse(carried.until) - overlapOf(latenessMs));
  const since = Math.min(requested, joined);
  const anew =
    carried === null || since <= Date.parse(carried.since) || since > Date.parse(carried.until);
  return { since: new Date(since).toISOString(), until: now.toISOString(), anew };
}

async function settingsOf(
  { store, settings }: UsesStore<'snapshots'> & Pick<SyncDeps, 'settings'>,
  { configRef }: BeginInput,
): Promise<SyncSettings> {
  const snapshot = configRef === undefined ? null : await store.snapshots.get(configRef);
  if (configRef !== undefined && snapshot === null) {
    throw configurationFailure(
      `the configuration snapshot ${configRef} is not in this worker's store: run arx against the same DATABASE_URL`,
    );
  }
  try {
    return settings(snapshot);
  } catch (error) {
    throw configurationFailure(
      error instanceof Error ? error.message : 'the configuration is not valid',
    );
  }
}
