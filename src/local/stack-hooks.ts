/**
 * Hooks of a command that uses a stack: leave on exit, close on a signal, watch the parts. Each
 * returns how to undo it.
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
 * If the process exits without closing, leaves the stack; the guard ends the stack if no other
 * command uses it.
 */
export function leaveOnExit(entry: string): () => void {
  const hook = () => unregisterUser(entry);
  process.on('exit', hook);
  return () => process.off('exit', hook);
}

/**
 * The first signal closes cleanly and ends the process with 128 + its number; a second signal ends
 * it at once.
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
    log('closing (repeat to end at once)');
    close().then(exit, exit);
  };
  for (const name of SIGNALS) process.on(name, hook);
  return () => SIGNALS.forEach((name) => process.off(name, hook));
}

/** How a stack ended for a command that did not end it. */
export type StackEnd =
  /** Somebody ended it. */
  | { how: 'ended' }
  /** Its record is missing or damaged; the guard ends the parts that still run. */
  | { how: 'lost' }
  /** A part that it cannot run without has ended; the others still run. */
  | { how: 'broken'; part: string };

/** A stack as seen by a supervisor. */
export interface Supervised {
  home: string;
  /** The state when it was opened. */
  state: StackState;
  /** Null once the stack has been ended. */
  current(): StackState | null;
  /** True while a command starts, joins or ends the stack. */
  isBusy(): boolean;
  /** Restarts missing parts, unless the stack has been ended. */
  restart(): Promise<void>;
  /** Called once, when the stack is over. */
  reportEnd(end: StackEnd): void;
}

/**
 * Restarts a worker or guard that has ended while its stack runs; gives up after three failures in
 * a row.
 */
export function superviseStack(supervised: Supervised, log: (line: string) => void): () => void {
  const { current, restart, reportEnd } = supervised;
  let busy = false;
  let failed = 0;
  const check = async () => {
    const over = endOf(supervised);
    if (over !== null) {
      clearInterval(timer);
      return reportEnd(over);
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
  const timer = setInterval(() => void check(), SUPERVISION_MS).unref();
  return () => clearInterval(timer);
}

function endOf({ home, state, current, isBusy }: Supervised): StackEnd | null {
  const seen = current();
  if (seen === null) return { how: isLost(home, state) ? 'lost' : 'ended' };
  // A command that ends the stack ends the parts before it removes the record, and holds the lock
  // meanwhile.
  if (deadPart(seen) === null || isBusy()) return null;
  const now = current();
  const part = now && deadPart(now);
  return part === null ? null : { how: 'broken', part };
}

/**
 * Whether the record of a running stack is lost. A command that ends a stack ends its parts first,
 * so parts that still run mean a lost record.
 */
export function isLost(
  home: string,
  { processes: { worker, temporal, store } }: StackState,
): boolean {
  if (!existsSync(home) || readRecord(home) === 'damaged') return true;
  return [worker, temporal, store].some((id) => id !== undefined && isAlive(id));
}
