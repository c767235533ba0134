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
import { progressOf } from './progress.ts';

const POLL_MS = 300;
const WORKER_PATIENCE_MS = 8_000;
const LOOKED_AT = 500;

/** A run whose workflow was started. */
export interface FollowedFlow {
  target: Target;
  started: StartedWorkflow;
  run: string;
}

/**
 * Follows a run to its end and says how it gets on, and who may decide while it waits. Throws
 * WorkflowEndedError, and CliError `interrupted` when the person detaches: the run itself goes on.
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

/** Tells each thing once. */
async function watch(io: Io, { target, run }: FollowedFlow, over: AbortSignal): Promise<void> {
  const told = new Set<string>();
  const once = (key: string, tell: () => void): void => {
    if (told.has(key) || over.aborted) return;
    told.add(key);
    tell();
  };
  const since = Date.now();
  let warned = false;
  while (!over.aborted) {
    const runs = await runsOf(target.store, run).catch(() => []);
    for (const line of runs.flatMap(progressOf))
      once(line, () => printNote(io, io.colors.err.dim(line)));
    for (const request of await findPendingRequests(target.store, runs).catch(() => []))
      once(request.requestId, () => printApprovers(io, approvalDocument(request), target));
    const idle = runs.every(({ target: seen, state }) => seen === null && state === 'open');
    if (idle && !warned && Date.now() - since > WORKER_PATIENCE_MS)
      warned = await warnWithoutWorker(io, target);
    await delay(POLL_MS, undefined, { signal: over }).catch(() => undefined);
  }
}

/** The run and those of its accounts. */
async function runsOf({ flows }: Store, run: string): Promise<FlowRunRecord[]> {
  const [record, children] = await Promise.all([flows.get(run), flows.children(run)]);
  return record ? [record, ...children] : children;
}

/** Requests of steps that people are asked about now. */
async function findPendingRequests(
  { requests }: Store,
  runs: readonly FlowRunRecord[],
): Promise<ActionRecord[]> {
  const steps = runs.flatMap(({ run, steps: own }) =>
    own.filter(({ state }) => state === 'running').map(({ id }) => flowStepId(run, id)),
  );
  if (steps.length === 0) return [];
  const pending = await requests.list({ states: ['pending'], limit: LOOKED_AT });
  return pending.filter(
    ({ workflowId, approval }) => approval !== null && steps.includes(workflowId),
  );
}

function waitForDetach(io: Io, { target, run }: FollowedFlow, over: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    const rests = target.local
      ? 'it pauses when the local stack ends, and resumes with `arx up`'
      : 'it goes on';
    reject(
      interruptionError(
        `Detached from run ${run}: ${rests}.`,
        `See what becomes of it with \`arx flows history ${run}\`; the same command follows it again.`,
      ),
    );
  };
  if (io.signal.aborted) stop();
  else io.signal.addEventListener('abort', stop, { once: true, signal: over });
  return promise;
}
