import { setTimeout as delay } from 'node:timers/promises';
import { pollers } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import { interruptionError } from './errors.ts';
import { printNote } from './io.ts';
import type { Io } from './io.ts';
import { FOLLOW_MS } from './poll.ts';
import { createDisplay } from './progress.ts';
import type { Display, ProgressSnapshot } from './progress.ts';
import type { Target } from './target.ts';

const WORKER_PATIENCE_MS = 8_000;

/** A workflow that is followed to its end. */
export interface Followed<Result> {
  started: StartedWorkflow;
  /**
   * The current progress, or null while no worker answers. Queries the workflow and the store,
   * never the history.
   */
  readProgress(): Promise<ProgressSnapshot | null>;
  /** Resolves to the result at the end. Throws WorkflowEndedError. */
  result(): Promise<Result>;
  /** `run` or `sync`, as shown to the user. */
  noun: string;
  /** Commands to follow it again (without --local and --attach), and to read its result. */
  followCommand: string;
  readCommand: string;
}

/**
 * Follows a workflow to its end and shows its progress. Throws WorkflowEndedError, and a CliError
 * `interrupted` when the user detaches; the workflow itself continues.
 */
export async function follow<Result>(
  io: Io,
  target: Target,
  followed: Followed<Result>,
): Promise<Result> {
  io.holdInterrupts();
  const display = await createDisplay(io);
  const over = new AbortController();
  const watching = watch(io, { target, look: followed.readProgress, display, over: over.signal });
  try {
    return await Promise.race([followed.result(), waitForDetach(io, target, followed)]);
  } finally {
    over.abort();
    await watching;
    display.stop();
  }
}

interface Watch {
  target: Target;
  look: () => Promise<ProgressSnapshot | null>;
  display: Display;
  over: AbortSignal;
}

async function watch(io: Io, { target, look, display, over }: Watch): Promise<void> {
  const since = Date.now();
  let warned = false;
  while (!over.aborted) {
    const now = await look();
    if (over.aborted) return;
    if (now) display.show(now);
    if (!now && !warned && Date.now() - since > WORKER_PATIENCE_MS)
      warned = await warnWithoutWorker(io, target);
    await delay(FOLLOW_MS, undefined, { signal: over }).catch(() => undefined);
  }
}

/** Warns if no worker polls the queue; true if it warned. */
export async function warnWithoutWorker(io: Io, { link }: Target): Promise<boolean> {
  const workers = await pollers(link).catch(() => null);
  if (workers === null || workers.length > 0) return false;
  printNote(
    io,
    `No worker polls the queue at ${link.address}, namespace ${link.namespace}. Start one with \`npm run worker\`.`,
  );
  return true;
}

function waitForDetach(
  io: Io,
  { local }: Target,
  followed: Omit<Followed<unknown>, 'look' | 'result'>,
): Promise<never> {
  const { noun, followCommand, readCommand, started } = followed;
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    const message = local
      ? `Detached from ${noun} ${started.run}: it pauses when the local stack ends, and resumes with \`arx up\`.`
      : `Detached from ${noun} ${started.run}: it continues.`;
    const back = `${followCommand}${local ? ' --local' : ''} --attach ${started.workflowId}`;
    reject(
      interruptionError(
        message,
        `Follow it again with \`${back}\`; read it with \`${readCommand}\`.`,
      ),
    );
  };
  if (io.signal.aborted) stop();
  else io.signal.addEventListener('abort', stop, { once: true });
  return promise;
}
