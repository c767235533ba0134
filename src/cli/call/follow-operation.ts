import { setTimeout as delay } from 'node:timers/promises';
import { operationResult } from '../../client/governed-operation.ts';
import type { StartedWorkflow } from '../../client.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';
import { CliError, interruptionError } from '../kit/errors.ts';
import { warnWithoutWorker } from '../kit/follow.ts';
import { printNote } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import type { Target } from '../kit/target.ts';
import { plain, timeText } from '../kit/text.ts';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import type { ApprovalDocument } from '../../services/approvals/approval-document.ts';
import { isEnded } from '../kit/requests.ts';

const POLL_MS = 250;
const WORKER_PATIENCE_MS = 8_000;
const OPENING_MS = 20_000;
const RECENT = 200;

/**
 * Follows an operation to its end, and prints who may decide while it waits. Throws
 * WorkflowEndedError, CliError `interrupted`.
 */
export async function followOperation(
  io: Io,
  target: Target,
  started: StartedWorkflow,
): Promise<ActionRecord> {
  io.holdInterrupts();
  const over = new AbortController();
  const opened: Opened = { record: null };
  const watching = watch(io, { target, started, over: over.signal, seen: opened });
  try {
    const ended = operationResult(target.link, started);
    const { request } = await Promise.race([
      ended,
      waitForDetach(io, { target, seen: opened, over: over.signal }),
    ]);
    const record = await target.store.requests.get(request);
    if (record) return record;
    throw unknownRequest(request);
  } finally {
    over.abort();
    await watching;
  }
}

/**
 * Waits until the request is open or has already ended; null if no worker has started it in time.
 */
export async function waitForRequest(
  io: Io,
  target: Target,
  started: StartedWorkflow,
): Promise<ActionRecord | null> {
  const over = new AbortController();
  const seen: Opened = { record: null };
  const time = delay(OPENING_MS, null, { signal: over.signal });
  const ended = operationResult(target.link, started).then(({ request }) =>
    target.store.requests.get(request),
  );
  try {
    return await Promise.race([
      ended,
      time,
      watch(io, { target, started, over: over.signal, seen }),
    ]);
  } finally {
    over.abort();
    await Promise.allSettled([time]);
    ended.catch(() => undefined);
  }
}

/** The request from the store, once a worker has opened it. */
interface Opened {
  record: ActionRecord | null;
}
interface Watch {
  target: Target;
  started: StartedWorkflow;
  over: AbortSignal;
  seen: Opened;
}

/**
 * Resolves once the request is open. Warns if no worker polls the queue, then prints who may
 * approve.
 */
async function watch(io: Io, { target, started, over, seen }: Watch): Promise<ActionRecord | null> {
  const since = Date.now();
  let warned = false;
  while (!over.aborted) {
    seen.record = await requestOfRun(target.store, started.run).catch(() => null);
    if (seen.record) {
      if (seen.record.approval && !isEnded(seen.record.state))
        printApprovers(io, approvalDocument(seen.record), target);
      return seen.record;
    }
    if (!warned && Date.now() - since > WORKER_PATIENCE_MS)
      warned = await warnWithoutWorker(io, target);
    await delay(POLL_MS, undefined, { signal: over }).catch(() => undefined);
  }
  return null;
}

async function requestOfRun(store: Store, run: string): Promise<ActionRecord | null> {
  return (
    (await store.requests.list({ limit: RECENT })).find((record) => record.run === run) ?? null
  );
}

/** Prints who may decide, and how. */
export function printApprovers(
  io: Io,
  document: ApprovalDocument,
  { local }: Pick<Target, 'local'>,
): void {
  const { bold, dim } = io.colors.err;
  const names = [...new Set(document.requirements.flatMap(({ any_of }) => any_of))];
  const who = names.length > 0 ? names.map(plain).join(', ') : 'the default approvers';
  printNote(
    io,
    `${bold('waiting for approval')} of request ${document.request} until ${timeText(document.deadline)}`,
  );
  printNote(
    io,
    dim(`  approvers: ${who} (${document.needed} of ${document.eligible.length} needed)`),
  );
  const more = local ? ' --local' : '';
  printNote(
    io,
    dim(
      `  arx approvals approve ${document.request}${more}   or   arx approvals deny ${document.request}${more}`,
    ),
  );
}

interface DetachContext {
  target: Target;
  seen: Opened;
  over: AbortSignal;
}

function waitForDetach(io: Io, { target, seen, over }: DetachContext): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    const subject = seen.record ? `request ${seen.record.requestId}` : 'the operation';
    const consequence = target.local
      ? 'it pauses when the local stack ends, and resumes with `arx up`'
      : 'it continues';
    const command = seen.record
      ? `arx approvals why ${seen.record.requestId}`
      : 'arx approvals list --all';
    reject(
      interruptionError(
        `Detached from ${subject}: ${consequence}.`,
        `See its outcome with \`${command}\`.`,
      ),
    );
  };
  if (io.signal.aborted) stop();
  else io.signal.addEventListener('abort', stop, { once: true, signal: over });
  return promise;
}

const unknownRequest = (request: string): CliError =>
  new CliError({
    code: 'no_such_request',
    message: `Request ${request} ended, but the store of this command has no record of it.`,
    remedy: 'Set DATABASE_URL to the database of the worker.',
  });
