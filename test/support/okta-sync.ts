/** Syncs on the parts of the main job. */
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TwinApp, TwinUser } from '../../src/twin/types.ts';
import { SYNC_WORKFLOW, TASK_QUEUE } from '../../src/workflows/messages.ts';
import type { OktaSyncInput, OktaSyncResult } from '../../src/workflows/messages.ts';
import type { MainJob } from './main-job.ts';

type SyncHandle = WorkflowHandle<(input: OktaSyncInput) => Promise<OktaSyncResult>> & {
  firstExecutionRunId: string;
};
let started = 0;

/** Starts a sync. */
export function startSync({ temporal }: MainJob, input: OktaSyncInput = {}): Promise<SyncHandle> {
  const options = {
    taskQueue: TASK_QUEUE,
    workflowId: `okta-sync/${Date.now()}-${(started += 1)}`,
    args: [input],
  };
  return temporal.client.workflow.start(SYNC_WORKFLOW, options) as Promise<SyncHandle>;
}

/** Runs a sync to its end. */
export async function sync(job: MainJob, input: OktaSyncInput = {}): Promise<OktaSyncResult> {
  return await (await startSync(job, input)).result();
}

/** The type of the failure with which a sync ends. */
export async function failureOf(handle: SyncHandle): Promise<string> {
  const error = await handle.result().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  let cause: unknown = error instanceof WorkflowFailedError ? error.cause : error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause instanceof ApplicationFailure
    ? `${cause.type}`
    : cause instanceof Error
      ? cause.name
      : 'none';
}

/** Host of the emulated organisation. */
export const orgOf = ({ env }: MainJob): string => new URL(`${env['OKTA_DOMAIN']}`).host;

/** All users in the twin by login; of several with the same login, the one that still exists. */
export async function twinUsers(job: MainJob): Promise<Map<string, TwinUser>> {
  const users = new Map<string, TwinUser>();
  for await (const page of job.store.twin.users.pages(orgOf(job), 500)) {
    for (const { user } of page)
      if (!user.gone || !users.has(user.login)) users.set(user.login, user);
  }
  return users;
}

/** Every app in the twin, by label. */
export async function twinApps(job: MainJob): Promise<Map<string, TwinApp>> {
  const apps = new Map<string, TwinApp>();
  for await (const page of job.store.twin.apps.pages(orgOf(job), 500)) {
    for (const { app } of page) apps.set(app.label, app);
  }
  return apps;
}
