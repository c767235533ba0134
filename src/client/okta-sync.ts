import { idUnder, resultOf } from '../client.ts';
import type { StartedWorkflow, TemporalLink } from '../client.ts';
import { queryWorkflow, startWorkflow } from './start-workflow.ts';
import { SYNC_WORKFLOW, syncProgressQuery } from '../workflows/messages.ts';
import type { OktaSyncInput, OktaSyncResult, SyncProgress } from '../workflows/messages.ts';

type OktaSync = (input: OktaSyncInput) => Promise<OktaSyncResult>;

/** `okta-sync/<UTC time to the millisecond>-<4 random hex digits>`. */
export const newSyncId = (now: Date): string => idUnder('okta-sync', now);

/** Starts a sync; the input may be `{}`. */
export const startSync = (
  link: TemporalLink,
  input: OktaSyncInput,
  workflowId = newSyncId(new Date()),
): Promise<StartedWorkflow> =>
  startWorkflow<OktaSync>(link, { type: SYNC_WORKFLOW, workflowId, input });

/** The progress of the sync; null if no worker answers within `timeoutMs`. */
export const syncProgress = (
  link: TemporalLink,
  workflowId: string,
  timeoutMs = 2_000,
): Promise<SyncProgress | null> =>
  queryWorkflow(link, { workflowId, query: syncProgressQuery, timeoutMs });

/** Waits for the end of the sync, across continue-as-new. Throws WorkflowEndedError. */
export const syncResult = (
  { client }: TemporalLink,
  { workflowId, run }: StartedWorkflow,
): Promise<OktaSyncResult> => resultOf(client.workflow.getHandle<OktaSync>(workflowId, run));
