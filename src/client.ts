import { randomBytes } from 'node:crypto';
import { Client, Connection, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { queryWorkflow, startWorkflow } from './client/start-workflow.ts';
import { MFA_WORKFLOW, TASK_QUEUE, progressQuery } from './workflows/messages.ts';
import type {
  MfaEnforcementCheckInput,
  MfaEnforcementCheckResult,
  Progress,
} from './workflows/messages.ts';

/** Where a Temporal server is; missing fields come from the environment and temporal.toml. */
export interface TemporalTarget {
  address?: string;
  namespace?: string;
  /** The environment with Temporal's variables; by default that of the process. */
  env?: Readonly<Record<string, string | undefined>>;
  /** How long to try before giving up, milliseconds; default 5,000. */
  timeoutMs?: number;
}

/** An open connection: pass it to the functions below, and close it at the end. */
export interface TemporalLink {
  client: Client;
  address: string;
  namespace: string;
  close(): Promise<void>;
}

/** A started workflow; `run` is the first run id of its chain. */
export interface StartedWorkflow {
  workflowId: string;
  run: string;
}

/** Thrown when no Temporal server answers at the address, or it refuses the connection. */
export class TemporalUnreachableError extends Error {
  override readonly name = 'TemporalUnreachableError';
  readonly code = 'temporal_unreachable';
  readonly remedy =
    'Start a server there (`temporal server start-dev`, or `arx up` for the embedded one), set TEMPORAL_ADDRESS, ' +
    'TEMPORAL_NAMESPACE, TEMPORAL_API_KEY or TEMPORAL_TLS_* (or temporal.toml), or use --local.';
  constructor(address: string, reason: string) {
    super(`No Temporal server could be reached at ${address}: ${reason}.`);
  }
}

/**
 * Thrown by `result` when the workflow did not complete; `type` is the failure type of the
 * innermost cause.
 */
export class WorkflowEndedError extends Error {
  override readonly name = 'WorkflowEndedError';
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/**
 * Connects with Temporal's own settings (environment, temporal.toml profile, TLS, API key). Throws
 * TemporalUnreachableError.
 */
export async function connect(target: TemporalTarget = {}): Promise<TemporalLink> {
  const { connectionOptions, namespace } = settings(target);
  const address = target.address ?? connectionOptions.address ?? 'localhost:7233';
  try {
    const connection = await Connection.connect({
      ...connectionOptions,
      address,
      connectTimeout: target.timeoutMs ?? 5_000,
    });
    const space = target.namespace ?? namespace ?? 'default';
    const client = new Client({ connection, namespace: space });
    return { client, address, namespace: space, close: () => connection.close() };
  } catch (thrown) {
    throw new TemporalUnreachableError(address, firstLine(thrown));
  }
}

function settings({ env }: TemporalTarget) {
  if (!env) return loadClientConnectConfig();
  const given = Object.entries(env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) });
}

const firstLine = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).split('\n', 1)[0]!.replace(/\.$/, '');

/** `mfa-enforcement-check/<UTC time to the millisecond>-<4 random hex digits>`. */
export const newWorkflowId = (now: Date): string => idUnder('mfa-enforcement-check', now);

/** `<prefix>/<UTC time to the millisecond>-<4 random hex digits>`. */
export const idUnder = (prefix: string, now: Date): string =>
  `${prefix}/${now.toISOString()}-${randomBytes(2).toString('hex')}`;

type MfaCheck = (input: MfaEnforcementCheckInput) => Promise<MfaEnforcementCheckResult>;

/** Starts a check; the input may be `{}`. */
export async function startMfaCheck(
  link: TemporalLink,
  input: MfaEnforcementCheckInput,
  workflowId = newWorkflowId(new Date()),
): Promise<StartedWorkflow> {
  return await startWorkflow<MfaCheck>(link, { type: MFA_WORKFLOW, workflowId, input });
}

/** The progress of the check; null if no worker answers within `timeoutMs`. */
export const progress = (
  link: TemporalLink,
  workflowId: string,
  timeoutMs = 2_000,
): Promise<Progress | null> => queryWorkflow(link, { workflowId, query: progressQuery, timeoutMs });

/** Waits for the end of the check, across continue-as-new. Throws WorkflowEndedError. */
export async function result(
  { client }: TemporalLink,
  { workflowId, run }: StartedWorkflow,
): Promise<MfaEnforcementCheckResult> {
  return resultOf(client.workflow.getHandle<MfaCheck>(workflowId, run));
}

/** The result of any workflow. Throws WorkflowEndedError if it did not complete. */
export async function resultOf<Result>(handle: { result(): Promise<Result> }): Promise<Result> {
  try {
    return await handle.result();
  } catch (thrown) {
    if (thrown instanceof WorkflowFailedError) throw workflowError(thrown);
    throw thrown;
  }
}

/**
 * The innermost failure with a type says what went wrong; the failures around it only say where.
 */
function workflowError(error: WorkflowFailedError): WorkflowEndedError {
  let type = 'workflow_failed';
  let message = error.message;
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    message = cause.message;
    const coded = (cause as { type?: unknown }).type;
    if (typeof coded === 'string') type = coded;
    else if (cause.name === 'CancelledFailure') type = 'cancelled';
    else if (cause.name === 'TerminatedFailure') type = 'terminated';
  }
  return new WorkflowEndedError(type, message);
}

/**
 * Status of a workflow and the first run id of its chain; null if there is no workflow with this
 * id.
 */
export async function describe(
  { client }: TemporalLink,
  workflowId: string,
): Promise<(StartedWorkflow & { status: string; startedAt: Date }) | null> {
  try {
    const description = await client.workflow.getHandle(workflowId).describe();
    const run = description.raw.workflowExecutionInfo?.firstRunId || description.runId;
    return { workflowId, run, status: description.status.name, startedAt: description.startTime };
  } catch (thrown) {
    if (thrown instanceof WorkflowNotFoundError) return null;
    throw thrown;
  }
}

/** Asks for the cancellation of a workflow, which then closes itself. */
export async function cancelWorkflow(
  { client }: TemporalLink,
  { workflowId, run }: StartedWorkflow,
): Promise<void> {
  // The first run id names the chain, so a later workflow with the same id is left alone.
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: run });
  await handle.cancel();
}

/** Workers that polled the queue in the last minutes: identity and time of the last poll. */
export async function pollers(
  link: TemporalLink,
  taskQueue = TASK_QUEUE,
): Promise<{ identity: string; at: Date | null }[]> {
  const answer = await link.client.workflowService.describeTaskQueue({
    namespace: link.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1,
  });
  return (answer.pollers ?? []).map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    at: lastAccessTime?.seconds ? new Date(Number(lastAccessTime.seconds) * 1000) : null,
  }));
}

/** Whether the namespace exists on the server. */
export async function namespaceExists(link: TemporalLink): Promise<boolean> {
  try {
    await link.client.workflowService.describeNamespace({ namespace: link.namespace });
    return true;
  } catch (thrown) {
    if ((thrown as { code?: number }).code === 5) return false;
    throw thrown;
  }
}
