import { ApplicationFailure, Context } from '@temporalio/activity';
import type { AuditDraft, JsonObject } from '../../audit/types.ts';
import type { SyncSettings } from '../../config/schema/twin-settings.ts';
import type { Caller } from '../../connectors/types.ts';
import type { Store } from '../../store/types.ts';
import type { SyncStamp, SyncRecord } from '../../store/twin-sync-types.ts';
import type { StreamName } from '../../twin/types.ts';

/** The principal that reads Okta for a sync. */
export const SYNC_PRINCIPAL = 'workflow:okta-sync';

/**
 * The plan with which a sync began. It stays the same to the end of the sync, and is kept in the
 * store, not in the workflow history.
 */
export interface SyncPlan extends SyncSettings {
  streams: StreamName[];
  /**
   * The window of the System Log; `anew`: it begins before everything that earlier syncs read. Null
   * if the log is not read.
   */
  log: { since: string; until: string; anew: boolean } | null;
}

/** A stored sync with its plan. */
export interface Sync extends Omit<SyncRecord, 'plan'> {
  plan: SyncPlan;
}

export const withPlan = (record: SyncRecord): Sync => ({
  ...record,
  plan: record.plan as unknown as SyncPlan,
});
export const planForStore = (plan: SyncPlan): JsonObject => plan as unknown as JsonObject;

/** The stored sync; it exists once `beginSync` has completed. */
export async function syncOf(store: Pick<Store, 'twin'>, run: string): Promise<Sync> {
  const record = await store.twin.syncs.get(run);
  if (!record)
    throw ApplicationFailure.nonRetryable(
      `sync ${run} is not in this worker's store: run arx and the worker with the same DATABASE_URL`,
      'configuration',
    );
  return withPlan(record);
}

/** The context of a call for a sync. */
export function callContext({ run, workflowId }: Sync, subject: string) {
  const caller: Caller = {
    principal: SYNC_PRINCIPAL,
    authenticatedBy: 'worker',
    surface: 'workflow',
    workflowId,
    run,
  };
  return { caller, subject, signal: Context.current().cancellationSignal };
}

/** An audit draft of a sync. */
export function syncDraft(
  { run, workflowId }: Pick<Sync, 'run' | 'workflowId'>,
  what: Pick<AuditDraft, 'kind' | 'subject' | 'at' | 'outcome'>,
): AuditDraft {
  const actor = { principal: SYNC_PRINCIPAL, authenticatedBy: 'worker' } as const;
  return { workflowId, run, ...what, sequence: 0, actor, surface: 'workflow' };
}

/** The sync and the time with which rows are stored. */
export const stampOf = ({ org, run }: Sync, now: Date): SyncStamp => ({
  org,
  run,
  at: now.toISOString(),
});
