/**
 * What a command that uses a stack does besides: leave when it exits, close on a signal, watch the
 * parts. Each gives its undoing.
 */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { isAlive } from './processes.ts';
import { deadPart } from './stack-join.ts';
import { isMissing } from './stack-start.ts';
import { unregisterUser, readRecord } from './stack-state.ts';
import type { StackState } from './stack-state.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SUPERVISION_MS = 1_000;
const MAX_FAILED_RESTARTS = 3;

/**
 * Where the process exits without closing, leaves the stack: its guard ends it where nobody else
 * uses it.
 */
export function leaveOnExit(entry: string): () => void {
  const hook = () => unregisterUser(entry);
  process.on('exit', hook);
  return () => process.off('exit', hook);
}

/**
 * The first signal closes in order and ends the process with 128 + its number; a second one does
 * not wait.
 */
export function closeOnSignals(
  close: () => Promise<void>,
  log: (line: string) => void,
): () => void {
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

/** How a stack is over for a command that did not end it. */
export type StackEnd =
  /** Somebody ended it. */
  | { how: 'ended' }
  /** Its record is gone or damaged; the guard ends what still runs. */
  | { how: 'lost' }
  /** A part has ended that it cannot go on without; the others still run. */
  | { how: 'broken'; part: string };

/** A stack as a supervisor sees it. */
export interface Supervised {
  home: string;
  /** As it was opened. */
  state: StackState;
  /** Null once the stack has been ended. */
  current(): StackState | null;
  /** True while a command starts, joins or ends the stack. */
  isBusy(): boolean;
  /** Starts what is gone, unless the stack has been ended. */
  restart(): Promise<void>;
  /** Told once, when the stack is over. */
  reportEnd(end: StackEnd): void;
}

/**
 * Restarts a worker or guard that is gone while its stack runs; gives up after three failures in a
 * row.
 */
export function superviseStack(supervised: Supervised, log: (line: string) => void): () => void {
  const { current, restart, reportEnd: gone } = supervised;
  let busy = false;
  let failed = 0;
  const look = async () => {
    const over = endOf(supervised);
    if (over !== null) {
      clearInterval(timer);
      return gone(over);
    }
    const state = current();
    if (busy || state === null || !isMissing(state) || failed >= MAX_FAILED_RESTARTS) return;
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

function endOf({ home, state, current, isBusy }: Supervised): StackEnd | null {
  const seen = current();
  if (seen === null) return { how: isLost(home, state) ? 'lost' : 'ended' };
  // Whoever ends the stack ends its parts before the record goes, and holds the lock meanwhile.
  if (deadPart(seen) === null || isBusy()) return null;
  const now = current();
  const part = now && deadPart(now);
  return part === null ? null : { how: 'broken', part };
}

/**
 * Whether the record of a stack is gone that still runs: whoever ends a stack ends its parts first.
 */
export function isLost(
  home: string,
  { processes: { worker, temporal, store } }: StackState,
): boolean {
  if (!existsSync(home) || readRecord(home) === 'damaged') return true;
  return [worker, temporal, store].some((id) => id !== undefined && isAlive(id));
}
