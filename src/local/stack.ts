/**
 * The embedded stack of a state folder: Temporal, Postgres and a worker, shared by all commands on that folder.
 *
 * The first command starts it, later ones join. Whoever leaves last ends it, be it the one that started it or not, so
 * nobody loses the stack under a running command; `close({ keep: true })` leaves it running for later commands, until
 * `close({ end: true })` or `stopStack` takes that back.
 * A stack whose commands were all killed is ended and started anew by the next one; what it stored is kept.
 */
import { realpathSync } from 'node:fs';
import { makeFolder } from '../config/folder.ts';
import { ConfigError } from '../config/errors.ts';
import { withLock } from './lock.ts';
import { accepts } from './ports.ts';
import { isAlive } from './processes.ts';
import { closeOnSignals, leaveOnExit, superviseWorker } from './stack-hooks.ts';
import { databaseUrlOf, endAll, replaceWorker, stackFingerprint, startAll } from './stack-start.ts';
import { enter, leave, readState, stackFiles, usersOf, writeState } from './stack-state.ts';
import { namespaceAnswers } from './temporal.ts';
import type { StackOptions } from './stack-start.ts';
import type { StackState } from './stack-state.ts';

export type { StackOptions };

interface Leaving {
  keep?: boolean;
  end?: boolean;
}

export interface Stack {
  temporal: { address: string; namespace: string; uiUrl: string | null };
  databaseUrl: string;
  workerMetricsUrl?: string;
  /** True where another command had started it. */
  joined: boolean;
  worker: {
    /** As on record now; another command may have restarted it. */
    readonly pid: number;
    /** Ends the worker, if it lives, and starts another; returns once that one polls. */
    restart(): Promise<void>;
  };
  /** Resolves where somebody else ends the stack; never where the worker is not supervised. */
  ended: Promise<void>;
  /**
   * Leaves the stack, and ends it where nobody else uses it and nobody asked to keep it; with `end` also where somebody
   * had asked: whoever still uses it ends it then by leaving.
   */
  close(options?: Leaving): Promise<void>;
}

/**
 * Starts the stack of a state folder or joins the one that runs there; two commands at once end up on the same one.
 * Throws ConfigError `stack_differs` where it runs for other vendors, `worker_start`, `store_start` or
 * `temporal_start` where a part does not come up, and whatever coded error the worker itself reports.
 */
export async function openStack(given: StackOptions): Promise<Stack> {
  makeFolder(stackFiles(given.home).logs, 0o700);
  const options = { ...given, home: realpathSync(given.home) };
  const { home, log } = options;
  const waiting = (pid: number) => log(`waiting for process ${pid}, which is starting or ending the stack in ${home}`);
  const locked: Locked = (work) => withLock(stackFiles(home).lock, work, waiting);
  return await locked(async () => {
    const running = await joinable(options);
    const state = running ?? (await startAll(options));
    const worker = state.processes.worker;
    if (worker === undefined || !isAlive(worker)) await replaceWorker(options, state);
    return stackOf({ options, state, joined: running !== null, locked });
  });
}

/** Ends whatever runs on a state folder, kept or not, used or not; true where something did. */
export async function stopStack(home: string): Promise<boolean> {
  return await withLock(stackFiles(home).lock, async () => {
    const state = readState(home);
    if (state !== null) await endAll(home, state);
    return state !== null;
  });
}

type Locked = <T>(work: () => Promise<T>) => Promise<T>;

function stackOf(opened: { options: StackOptions; state: StackState; joined: boolean; locked: Locked }): Stack {
  const { options, state, joined, locked } = opened;
  const { home, log } = options;
  const current = () => sameStack(readState(home), state);
  const ended = Promise.withResolvers<void>();
  const restart = (before?: (running: StackState) => void) =>
    locked(async () => {
      const running = current();
      // Whoever ended the stack meanwhile ended its worker first.
      if (running === null) return;
      before?.(running);
      await replaceWorker(options, running);
    });
  const again = ({ processes }: StackState) =>
    log(`the worker (process ${processes.worker?.pid}) has ended; starting another`);
  const entry = enter(home);
  const undo = [leaveOnExit(home, entry)];
  let closing: Promise<void> | null = null;
  // A worker that ends with its stack is not to be started again.
  let leaveWorkerAlone = (): void => undefined;
  const end = async (leaving: Leaving): Promise<void> => {
    leaveWorkerAlone();
    await locked(() => depart(options, entry, leaving));
  };
  const close = (leaving: Leaving = {}) => (closing ??= end(leaving).finally(() => undo.forEach((each) => each())));
  if (options.handleSignals ?? true) undo.push(closeOnSignals(close, log));
  const supervised = { current, restart: () => restart(again), gone: ended.resolve };
  if (options.superviseWorker ?? false) leaveWorkerAlone = superviseWorker(supervised, log);
  return {
    temporal: state.temporal,
    databaseUrl: databaseUrlOf(options, state),
    ...(state.workerMetricsUrl === null ? {} : { workerMetricsUrl: state.workerMetricsUrl }),
    joined,
    worker: {
      get pid() {
        return current()?.processes.worker?.pid ?? 0;
      },
      restart: () => restart(),
    },
    ended: ended.promise,
    close,
  };
}

/** The state on record, where it is still that of this stack; null where it was ended. */
function sameStack(now: StackState | null, { processes }: StackState): StackState | null {
  const same = (part: 'temporal' | 'store'): boolean =>
    now?.processes[part]?.pid === processes[part]?.pid && now?.processes[part]?.started === processes[part]?.started;
  return same('temporal') && same('store') ? now : null;
}

async function depart(
  { home, log }: StackOptions,
  entry: string,
  { keep = false, end = false }: Leaving,
): Promise<void> {
  leave(entry);
  const state = readState(home);
  if (state === null) return;
  const kept = keep || (state.kept && !end);
  if (kept !== state.kept) writeState(home, { ...state, kept });
  const users = usersOf(home);
  if (users.length > 0) {
    const until = kept ? '' : ', and ends with it';
    log(`the stack stays for process ${users.join(', ')}, which still uses it${until}`);
  } else if (!kept) await endAll(home, state);
}

/** The state of a running stack that this command may use; null after clearing away what killed commands left. */
async function joinable(options: StackOptions): Promise<StackState | null> {
  const { home, log } = options;
  const state = readState(home);
  if (state === null) return null;
  const users = usersOf(home);
  if (state.complete && (state.kept || users.length > 0) && (await serves(state))) {
    if (state.fingerprint === stackFingerprint(options)) return state;
    throw new ConfigError(
      'stack_differs',
      `the stack in ${home} runs with other vendors or credentials` +
        (users.length > 0 ? ` (used by process ${users.join(', ')})` : ' (it was asked to stay)'),
      'End it first, or set ARX_HOME to another folder to run a second one beside it.',
    );
  }
  log(`clearing away what an earlier command left in ${home}`);
  await endAll(home, state);
  return null;
}

async function serves({ processes, temporal, databaseUrl }: StackState): Promise<boolean> {
  if (processes.temporal !== undefined && !isAlive(processes.temporal)) return false;
  if (processes.store !== undefined && !isAlive(processes.store)) return false;
  const answers = await Promise.all([
    processes.temporal === undefined || namespaceAnswers(temporal.address, temporal.namespace),
    databaseUrl === null || accepts(new URL(databaseUrl).host),
  ]);
  return answers.every(Boolean);
}
