import { randomUUID } from 'node:crypto';
import type { StartedWorkflow, TemporalLink } from '../../client.ts';
import { newSyncId, startSync } from '../../client/okta-sync.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { ArxConfig } from '../../config/schema/schema.ts';
import type { Store } from '../../store/types.ts';
import type { OktaSyncInput } from '../../workflows/messages.ts';
import { draftOfRequest } from '../audit/requester.ts';
import type { Requester } from '../audit/requester.ts';

/** What a sync may be asked for: everything, unless a stream is left out. */
export interface SyncRequest {
  users?: boolean | undefined;
  apps?: boolean | undefined;
  logs?: boolean | undefined;
  /** How many hours of the System Log are read at least. */
  hoursBack?: number | undefined;
}

interface SyncStarter {
  link: TemporalLink;
  store: Pick<Store, 'snapshots' | 'journal'>;
  /**
   * A snapshot of it applies; null: the configuration of the worker applies, as it does for a
   * schedule.
   */
  config: ArxConfig | null;
  /** Recorded in the audit trail, if known. */
  requester?: Requester;
}

/** Starts a sync of the organisation into its twin. */
export async function requestSync(
  { link, store, config, requester }: SyncStarter,
  { users = true, apps = true, logs = true, hoursBack }: SyncRequest,
): Promise<StartedWorkflow> {
  const streams = { users, apps, logs };
  const input: OktaSyncInput = { ...streams, ...(hoursBack !== undefined && { hoursBack }) };
  const workflowId = newSyncId(new Date());
  if (requester !== undefined) {
    const about = { kind: 'sync.requested', subject: workflowId, workflowId } as const;
    const outcome = { ...streams, hoursBack: hoursBack ?? null };
    const draft = { ...about, run: randomUUID(), at: new Date(), outcome };
    await store.journal.append([draftOfRequest(requester, draft)]);
  }
  if (config === null) return startSync(link, input, workflowId);
  const configRef = await store.snapshots.put(config as unknown as JsonObject);
  return startSync(link, { ...input, configRef }, workflowId);
}
