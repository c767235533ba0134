import { Context } from '@temporalio/activity';
import type { SyncSettings } from '../../config/schema/twin-settings.ts';
import type { CarryOver } from '../../twin/events/types.ts';
import { OVERLAP_MS } from '../../twin/events/carry-over.ts';
import type { StreamName } from '../../twin/types.ts';
import { AUTO_BATCH } from '../../mfa/scan-plan.ts';
import { configurationFailure } from '../support/failures.ts';
import type { SyncDeps } from './deps.ts';
import { planForStore, syncDraft, withPlan } from './plan.ts';
import type { Sync, SyncPlan } from './plan.ts';
import type { SyncActivities } from './types.ts';

type BeginInput = Parameters<SyncActivities['beginSync']>[0];

/** Of each list in flight. Apps are read two calls each, from a bucket of their own. */
const WINDOWS = { groups: 2, apps: 4, assignees: 1 };
const ITEMS = 50;
/**
 * Continuing as new makes every branch wait for the others, so a sync does it less often than a
 * scan.
 */
const SYNC_HISTORY_LIMIT = 1_000;

const HOUR_MS = 3_600_000;
const HOURS_BACK = 24;
/** Okta keeps the log for 90 days; workflows/messages has the same number for people. */
const MOST_HOURS = 2_160;

/** `beginSync`: what is to be read, under which settings, and from when on the log. */
export function beginSync(deps: SyncDeps): SyncActivities['beginSync'] {
  return async (input) => {
    const record = await deps.store.twin.syncs.get(input.run);
    const sync = record ? withPlan(record) : await freeze(deps, input);
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
    return { run: sync.run, window, batch, autoBatch: AUTO_BATCH, ...limits, overlap: true };
  };
}

async function freeze(deps: SyncDeps, input: BeginInput): Promise<Sync> {
  const { run } = input;
  const { store, org } = deps;
  const { workflowId } = Context.current().info.workflowExecution ?? { workflowId: run };
  const streams = streamNames(input);
  if (streams.length === 0)
    throw configurationFailure('nothing is left to read: leave users, apps or logs on');
  const now = deps.now();
  const settings = await settingsOf(deps, input);
  const log = streams.includes('logs')
    ? windowOf(now, input.hoursBack ?? HOURS_BACK, await store.twin.events.readCarried(org))
    : null;
  const plan = planForStore({ ...settings, streams, log });
  return withPlan(
    await store.twin.syncs.begin({ run, workflowId, org, startedAt: now.toISOString(), plan }),
  );
}

function streamNames({ users = true, apps = true, logs = true }: BeginInput): StreamName[] {
  const asked = { users, apps, logs, roles: users };
  return (Object.keys(asked) as StreamName[]).filter((name) => asked[name]);
}

/**
 * So many hours, and further back where the last window ended before: nothing is left out between
 * two.
 */
function windowOf(
  now: Date,
  hours: number,
  carried: CarryOver | null,
): NonNullable<SyncPlan['log']> {
  const asked = now.getTime() - hours * HOUR_MS;
  const kept = now.getTime() - MOST_HOURS * HOUR_MS;
  const joined = carried === null ? asked : Math.max(kept, Date.parse(carried.until) - OVERLAP_MS);
  const since = Math.min(asked, joined);
  const anew =
    carried === null || since <= Date.parse(carried.since) || since > Date.parse(carried.until);
  return { since: new Date(since).toISOString(), until: now.toISOString(), anew };
}

async function settingsOf(
  { store, settings }: SyncDeps,
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
