/** What a command that uses a stack does besides: leave when it exits, close on a signal, watch the worker. Each gives its undoing. */
import { constants } from 'node:os';
import { isMissing } from './stack-start.ts';
import { leave } from './stack-state.ts';
import type { StackState } from './stack-state.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SUPERVISION_MS = 1_000;
const MAX_FAILED_RESTARTS = 3;

/** Where the process exits without closing, leaves the stack: its guard ends it where nobody else uses it. */
export function leaveOnExit(entry: string): () => void {
  const hook = () => leave(entry);
  process.on('exit', hook);
  return () => process.off('exit', hook);
}

/** The first signal closes in order and ends the process with 128 + its number; a second one does not wait. */
export function closeOnSignals(close: () => Promise<void>, log: (line: string) => void): () => void {
  let asked = false;
  const hook = (name: (typeof SIGNALS)[number]) => {
    const exit = () => process.exit(128 + constants.signals[name]);
    if (asked) exit();
    asked = true;
    log('closing (once more to end at once)');
    close().then(exit, exit);
  };
  for (const name of SIGNALS) process.on(name, hook);
  return () => SIGNALS.forEach((name) => process.off(name, hook));
}

/** A stack as a supervisor sees it. */
export interface Supervised {
  /** Null once the stack has been ended. */
  current(): StackState | null;
  /** Starts what is gone, unless the stack has been ended. */
  restart(): Promise<void>;
  /** Told once, when the stack has been ended. */
  gone(): void;
}

/** Restarts a worker or guard that is gone while its stack runs; gives up after three failures in a row. */
export function superviseWorker({ current, restart, gone }: Supervised, log: (line: string) => void): () => void {
  let busy = false;
  let failed = 0;
  const look = async () => {
    const state = current();
    if (state === null) {
      clearInterval(timer);
      return gone();
    }
    if (busy || !isMissing(state) || failed >= MAX_FAILED_RESTARTS) return;
    busy = true;
    try {
      await restart();
      failed = 0;
    } catch (error) {
      failed += 1;
      log(error instanceof Error ? error.message : String(error));
    }
    busy = false;
  };
  const timer = setInterval(() => void look(), SUPERVISION_MS).unref();
  return () => clearInterval(timer);
}
