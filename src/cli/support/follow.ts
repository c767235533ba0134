import { setTimeout as delay } from 'node:timers/promises';
import { pollers, progress, result } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import type { MfaEnforcementCheckResult } from '../../workflows/messages.ts';
import { interrupted } from './errors.ts';
import { say } from './io.ts';
import type { Io } from './io.ts';
import { FOLLOW_MS } from './poll.ts';
import { createDisplay } from './progress.ts';
import type { Display } from './progress.ts';
import type { Target } from './target.ts';

const WORKER_PATIENCE_MS = 8_000;

/**
 * Follows a run to its end and shows how it gets on. Throws WorkflowEndedError, and a CliError `interrupted` when the
 * person detaches: the run itself goes on.
 */
export async function follow(io: Io, target: Target, started: StartedWorkflow): Promise<MfaEnforcementCheckResult> {
  io.holdInterrupts();
  const display = await createDisplay(io);
  const over = new AbortController();
  const watching = watch(io, { target, started, display, over: over.signal });
  try {
    return await Promise.race([result(target.link, started), detached(io, target, started)]);
  } finally {
    over.abort();
    await watching;
    display.stop();
  }
}

interface Watch {
  target: Target;
  started: StartedWorkflow;
  display: Display;
  over: AbortSignal;
}

/** Asks the workflow and the store, never the history: looking takes nothing from the run. */
async function watch(io: Io, { target, started, display, over }: Watch): Promise<void> {
  const since = Date.now();
  let warned = false;
  while (!over.aborted) {
    const [now, calls] = await Promise.all([
      progress(target.link, started.workflowId),
      target.store.calls.get(started.run).catch(() => null),
    ]);
    if (over.aborted) return;
    if (now && calls) display.show({ progress: now, calls });
    if (!now && !warned && Date.now() - since > WORKER_PATIENCE_MS) warned = await warnWithoutWorker(io, target);
    await delay(FOLLOW_MS, undefined, { signal: over }).catch(() => undefined);
  }
}

/** Says where no worker polls the queue; true once it is said. */
export async function warnWithoutWorker(io: Io, { link }: Target): Promise<boolean> {
  const workers = await pollers(link).catch(() => null);
  if (workers === null || workers.length > 0) return false;
  say(
    io,
    `No worker polls the queue at ${link.address}, namespace ${link.namespace}: start one with \`npm run worker\`.`,
  );
  return true;
}

function detached(io: Io, { local }: Target, { run, workflowId }: StartedWorkflow): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    const message = local
      ? `Detached from run ${run}: it rests when the local stack ends, and goes on with \`arx up\`.`
      : `Detached from run ${run}: it goes on.`;
    const back = `arx run mfa-enforcement-check${local ? ' --local' : ''} --attach ${workflowId}`;
    reject(interrupted(message, `Follow it again with \`${back}\`; read it with \`arx report ${run}\`.`));
  };
  if (io.signal.aborted) stop();
  else io.signal.addEventListener('abort', stop, { once: true });
  return promise;
}
