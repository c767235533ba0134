import { setTimeout as delay } from 'node:timers/promises';
import { operationResult } from '../../client/governed-operation.ts';
import type { StartedWorkflow } from '../../client.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';
import { CliError, interruptionError } from '../kit/errors.ts';
import { warnWithoutWorker } from '../kit/follow.ts';
import { say } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import type { Target } from '../kit/target.ts';
import { plain, when } from '../kit/text.ts';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import type { ApprovalDocument } from '../../services/approvals/approval-document.ts';
import { isEnded } from '../kit/requests.ts';

const POLL_MS = 250;
const WORKER_PATIENCE_MS = 8_000;
const OPENING_MS = 20_000;
const RECENT = 200;

/**
 * Follows an operation to its end; says who may decide while it waits. Throws WorkflowEndedError,
 * CliError `interrupted`.
 */
export async function followOperation(
  io: Io,
  target: Target,
  started: StartedWorkflow,
): Promise<ActionRecord> {
  io.holdInterrupts();
  const over = new AbortController();
  const seen: Seen = { record: null };
  const watching = watch(io, { target, started, over: over.signal, seen });
  try {
    const ended = operationResult(target.link, started);
    const { request } = await Promise.race([
      ended,
      waitForDetach(io, { target, seen, over: over.signal }),
    ]);
    const record = await target.store.requests.get(request);
    if (record) return record;
    throw elsewhere(request);
  } finally {
    over.abort();
    await watching;
  }
}

/**
 * Waits until the request is open, or has ended already; null where no worker has taken it in time.
 */
export async function waitForRequest(
  io: Io,
  target: Target,
  started: StartedWorkflow,
): Promise<ActionRecord | null> {
  const over = new AbortController();
  const seen: Seen = { record: null };
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

/** The request as the store has it, once a worker has opened it. */
interface Seen {
  record: ActionRecord | null;
}
interface Watch {
  target: Target;
  started: StartedWorkflow;
  over: AbortSignal;
  seen: Seen;
}

/**
 * Resolves once the request is open; before that it warns where nobody works, then it says who is
 * asked.
 */
async function watch(io: Io, { target, started, over, seen }: Watch): Promise<ActionRecord | null> {
  const since = Date.now();
  let warned = false;
  while (!over.aborted) {
    seen.record = await requestOfRun(target.store, started.run).catch(() => null);
    if (seen.record) {
      if (seen.record.approval && !isEnded(seen.record))
        tellWhoDecides(io, approvalDocument(seen.record), target);
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

/** Says who may decide, and how. */
export function tellWhoDecides(
  io: Io,
  document: ApprovalDocument,
  { local }: Pick<Target, 'local'>,
): void {
  const { bold, dim } = io.colors.err;
  const names = [...new Set(document.requirements.flatMap(({ any_of }) => any_of))];
  const who = names.length > 0 ? names.map(plain).join(', ') : 'the default approvers';
  say(
    io,
    `${bold('waiting for approval')} of request ${document.request} until ${when(document.deadline)}`,
  );
  say(
    io,
    dim(`  may decide: ${who} (${document.needed} of ${document.eligible.length} people needed)`),
  );
  const more = local ? ' --local' : '';
  say(
    io,
    dim(
      `  arx approvals approve ${document.request}${more}   or   arx approvals deny ${document.request}${more}`,
    ),
  );
}

interface Detaching {
  target: Target;
  seen: Seen;
  over: AbortSignal;
}

function waitForDetach(io: Io, { target, seen, over }: Detaching): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    const which = seen.record ? `request ${seen.record.requestId}` : 'the operation';
    const rests = target.local
      ? 'it pauses when the local stack ends, and resumes with `arx up`'
      : 'it goes on';
    const back = seen.record
      ? `arx approvals why ${seen.record.requestId}`
      : 'arx approvals list --all';
    reject(
      interruptionError(
        `Detached from ${which}: ${rests}.`,
        `See what becomes of it with \`${back}\`.`,
      ),
    );
  };
  if (io.signal.aborted) stop();
  else io.signal.addEventListener('abort', stop, { once: true, signal: over });
  return promise;
}

const elsewhere = (request: string): CliError =>
  new CliError({
    code: 'no_such_request',
    message: `Request ${request} ended, but the store of this command knows nothing of it.`,
    remedy: 'Check that DATABASE_URL names the store that the worker uses.',
  });
