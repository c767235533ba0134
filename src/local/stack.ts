/**
 * The embedded stack of a state folder: Temporal, Postgres and a worker, shared by all commands on
 * that folder.
 *
 * The first command starts it, later ones join. The last command to leave ends it, whether or not
 * it started it, so no command loses the stack while it runs. `close({ keep: true })` leaves it
 * running for later commands, until `close({ end: true })` or `stopStack` undoes that.
 * If all commands of a stack were killed, its guard ends it; its data is kept. A slow stack is
 * waited for: while its processes are alive, only `stopStack` ends it under a command that uses it.
 */

import { existsSync, realpathSync } from 'node:fs';
import { makeFolder } from '../config/folder.ts';
import { isLocked, withLock } from './lock.ts';
import { endAll, endParts } from './stack-end.ts';
import { closeOnSignals, isLost, leaveOnExit, superviseStack } from './stack-hooks.ts';
import { findJoinable, waitUntilServes } from './stack-join.ts';
import { databaseUrlOf, replaceGone, replaceWorker, startAll } from './stack-start.ts';
import {
  registerUser,
  unregisterUser,
  readRecord,
  readSame,
  readState,
  stackFiles,
  usersOf,
  writeState,
} from './stack-state.ts';
import type { StackEnd } from './stack-hooks.ts';
import type { StackOptions } from './stack-start.ts';
import type { StackState, TemporalPlace } from './stack-state.ts';

export type { StackOptions };

interface CloseOptions {
  keep?: boolean;
  end?: boolean;
}

export interface Stack {
  temporal: TemporalPlace;
  databaseUrl: string;
  workerMetricsUrl?: string;
  /** True if another command had started it. */
  joined: boolean;
  worker: {
    /** As recorded now; another command may have restarted it. */
    readonly pid: number;
    /** Ends the worker, if it is alive, and starts another; resolves once that one polls. */
    restart(): Promise<void>;
  };
  /** Resolves if the stack ends without this command; never if it is not supervised. */
  ended: Promise<StackEnd>;
  /**
   * Leaves the stack, and ends it if no other command uses it and none asked to keep it. With `end`
   * a request to keep it is withdrawn: the last command to leave ends it.
   */
  close(options?: CloseOptions): Promise<void>;
}

/**
 * Starts the stack of a state folder, or joins the one that runs there; two simultaneous commands
 * end up on the same one. Throws ConfigError `stack_differs` if it runs for other vendors,
 * `stack_broken` if a part of it has ended and other commands use it, `stack_record` if its record
 * is damaged, `worker_start`, `store_start` or `temporal_start` if a part does not start, any coded
 * error that the worker itself reports, and InterruptedError.
 */
export async function openStack(given: StackOptions): Promise<Stack> {
  makeFolder(stackFiles(given.home).logs, 0o700);
  const options = { ...given, home: realpathSync(given.home) };
  const { home, log, interrupts } = options;
  const waiting = (pid: number) =>
    log(`waiting for process ${pid}, which is starting or ending the stack in ${home}`);
  const openingLocked: WithLock = (work) =>
    withLock(stackFiles(home).lock, work, waiting, interrupts);
  // Once the stack is open, an interrupt closes it, and closing waits for the lock.
  const withStackLock: WithLock = (work) => withLock(stackFiles(home).lock, work, waiting);
  for (;;) {
    const entered = await openingLocked(() => enterStack(options));
    try {
      const { joined, state: seen } = entered;
      const state = joined
        ? await completeStack({ options, state: seen, locked: openingLocked })
        : seen;
      if (state !== null) return createStack({ options, ...entered, state, locked: withStackLock });
      unregisterUser(entered.entry);
    } catch (error) {
      unregisterUser(entered.entry);
      throw error;
    }
  }
}

/**
 * Ends the stack of a state folder, even if it is kept or used; returns whether there was one.
 * Throws ConfigError `stack_record` if the record is damaged.
 */
export async function stopStack(home: string, onWait?: (holder: number) => void): Promise<boolean> {
  const stop = async () => {
    const state = readState(home);
    if (state !== null) await endAll(home, state);
    return state !== null;
  };
  return await withLock(stackFiles(home).lock, stop, onWait);
}

/**
 * Joins or starts the stack and registers this command as its user; from then on it is ended only
 * on request.
 */
async function enterStack(
  options: StackOptions,
): Promise<{ state: StackState; joined: boolean; entry: string }> {
  const running = await findJoinable(options);
  const state = running ?? (await startAll(options));
  return { state, joined: running !== null, entry: registerUser(options.home) };
}

/**
 * Waits until a joined stack answers, and restarts its missing parts; null if it was ended
 * meanwhile.
 */
async function completeStack({ options, state, locked }: Opened): Promise<StackState | null> {
  if (!(await waitUntilServes(options, state))) return null;
  return await locked(async () => {
    const now = readSame(options.home, state);
    if (now !== null) await replaceGone(options, now);
    return now;
  });
}

interface Opened {
  options: StackOptions;
  state: StackState;
  locked: WithLock;
}

type WithLock = <T>(work: () => Promise<T>) => Promise<T>;

function createStack(opened: Opened & { joined: boolean; entry: string }): Stack {
  const { options, state, joined, locked, entry } = opened;
  const { home, log } = options;
  let known = state;
  const current = () => {
    const now = readSame(home, state);
    known = now ?? known;
    return now;
  };
  const ended = Promise.withResolvers<StackEnd>();
  const replaceWhileRunning = (start: typeof replaceGone) =>
    locked(async () => {
      const running = current();
      // A command that ended the stack meanwhile has ended its worker first.
      if (running !== null) await start(options, running);
    });
  const undo = [leaveOnExit(entry)];
  let closing: Promise<void> | null = null;
  // A worker that ends with its stack must not be restarted.
  let leaveWorkerAlone = (): void => undefined;
  const end = async (leaving: CloseOptions): Promise<void> => {
    leaveWorkerAlone();
    // Taking the lock would recreate a folder that was moved or removed.
    if (existsSync(home)) await locked(() => leaveStack(options, entry, leaving));
    // The guard also ends it, except for a part started so recently that the guard never saw it
    // recorded.
    if (leaving.end && current() === null && isLost(home, known)) await endParts(known.processes);
  };
  const close = (leaving: CloseOptions = {}) =>
    (closing ??= end(leaving).finally(() => undo.forEach((each) => each())));
  if (options.handleSignals ?? true) undo.push(closeOnSignals(close, log));
  const isBusy = () => isLocked(stackFiles(home).lock);
  const restart = () => replaceWhileRunning(replaceGone);
  if (options.superviseWorker ?? false)
    leaveWorkerAlone = superviseStack(
      { home, state, current, isBusy, restart, reportEnd: ended.resolve },
      log,
    );
  return {
    temporal: state.temporal,
    databaseUrl: databaseUrlOf(options, state),
    ...(state.workerMetricsUrl === null ? {} : { workerMetricsUrl: state.workerMetricsUrl }),
    joined,
    worker: {
      get pid() {
        return current()?.processes.worker?.pid ?? 0;
      },
      restart: () => replaceWhileRunning(replaceWorker),
    },
    ended: ended.promise,
    close,
  };
}

async function leaveStack(
  { home, log, remark = log }: StackOptions,
  entry: string,
  { keep = false, end = false }: CloseOptions,
): Promise<void> {
  unregisterUser(entry);
  const state = readRecord(home);
  if (state === null) return;
  if (state === 'damaged')
    return log(`the record of the stack in ${home} is damaged: its guard ends what still runs`);
  const kept = keep || (state.kept && !end);
  if (kept !== state.kept) writeState(home, { ...state, kept });
  const users = usersOf(home);
  if (users.length > 0) {
    const until = kept ? '' : ', and ends with it';
    remark(`the stack keeps running for process ${users.join(', ')}, which still uses it${until}`);
  } else if (!kept) await endAll(home, state);
}
