/** Follows a run of a delegated flow. */

import { setTimeout as delay } from 'node:timers/promises';
import type { StartedWorkflow } from '../../client.ts';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import { flowResult } from '../../client/delegated-flow.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';
import { flowStepId } from '../../workflows/messages.ts';
import { printApprovers } from '../call/follow-operation.ts';
import { interruptionError } from '../kit/errors.ts';
import { warnWithoutWorker } from '../kit/follow.ts';
import { printNote } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import type { Target } from '../kit/target.ts';
import { progressLines } from './progress.ts';

const POLL_MS = 300;
const WORKER_PATIENCE_MS = 8_000;
const MAX_PENDING = 500;

/** A run whose workflow has started. */
interface FollowedFlow {
  target: Target;
  started: StartedWorkflow;
  run: string;
}

/**
 * Follows a run to its end and prints its progress, and who may decide while it waits for approval.
 * Throws WorkflowEndedError, and CliError `interrupted` when the user detaches; the run itself
 * continues.
 */
export async function followFlow(io: Io, flow: FollowedFlow): Promise<void> {
  io.holdInterrupts();
  const over = new AbortController();
  const watching = watch(io, flow, over.signal);
  try {
    await Promise.race([
      flowResult(flow.target.link, flow.started),
      waitForDetach(io, flow, over.signal),
    ]);
  } finally {
    over.abort();
    await watching;
  }
}

/** Prints each line only once. */
async function watch(io: Io, { target, run }: FollowedFlow, over: AbortSignal): Promise<void> {
  const printed = new Set<string>();
  const printOnce = (key: string, tell: () => void): void => {
    if (printed.has(key) || over.aborted) return;
    printed.add(key);
    tell();
  };
  const since = Date.now();
  let warned = false;
  while (!over.aborted) {
    const runs = await runsOf(target.store, run).catch(() => []);
    for (const line of runs.flatMap(progressLines))
      printOnce(line, () => printNote(io, io.colors.err.dim(line)));
    for (const request of await findPendingRequests(target.store, runs).catch(() => []))
      printOnce(request.requestId, () => printApprovers(io, approvalDocument(request), target));
    const idle = runs.every(({ target: seen, state }) => seen === null && state === 'open');
    if (idle && !warned && Date.now() - since > WORKER_PATIENCE_MS)
      warned = await warnWithoutWorker(io, target);
    await delay(POLL_MS, undefined, { signal: over }).catch(() => undefined);
  }
}

/** The run, and the runs of its accounts. */
async function runsOf({ flows }: Store, run: string): Promise<FlowRunRecord[]> {
  const [record, children] = await Promise.all([flows.get(run), flows.children(run)]);
  return record ? [record, ...children] : children;
}

/** Requests of steps that currently wait for approval. */
async function findPendingRequests(
  { requests }: Store,
  runs: readonly FlowRunRecord[],
): Promise<ActionRecord[]> {
  const steps = runs.flatMap(({ run, steps: own }) =>
    own.filter(({ state }) => state === 'running').map(({ id }) => flowStepId(run, id)),
  );
  if (steps.length === 0) return [];
  const pending = await requests.list({ states: ['pending'], limit: MAX_PENDING });
  return pending.filter(
    ({ workflowId, approval }) => approval !== null && steps.includes(workflowId),
  );
}

function waitForDetach(io: Io, { target, run }: FollowedFlow, over: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    const consequence = target.local
      ? 'it pauses when the local stack ends, and resumes with `arx up`'
      : 'it continues';
    reject(
      interruptionError(
        `Detached from run ${run}: ${consequence}.`,
        `See its outcome with \`arx flows history ${run}\`. The same command follows it again.`,
      ),
    );
  };
  if (io.signal.aborted) stop();
  else io.signal.addEventListener('abort', stop, { once: true, signal: over });
  return promise;
}
