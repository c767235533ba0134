import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { makeFolder } from '../../config/folder.ts';
import { checkHome, makeHome } from '../../config/home.ts';
import { CliError } from './errors.ts';
import { interruptsOf, printNote } from './io.ts';
import type { Io } from './io.ts';
import type { Environment } from './settings.ts';

/**
 * Runs a task with the embedded store of ARX_HOME: the store of the running stack, even a slow one,
 * or else one started only for this task. Holds the stack's lock meanwhile, so that no other
 * command starts or stops a stack on the same data.
 */
export async function withLocalStore<Result>(
  io: Io,
  { arx, raw }: Environment,
  task: (databaseUrl: string) => Promise<Result>,
  { create = false }: { create?: boolean } = {},
): Promise<Result> {
  const [{ withLock }, { stackFiles }] = await Promise.all([
    import('../../local/lock.ts'),
    import('../../local/stack-state.ts'),
  ]);
  const files = stackFiles(arx.home);
  checkHome(arx.home);
  if (!create && !existsSync(files.postgres)) throw noStore();
  makeHome(arx.home);
  makeFolder(files.logs, 0o700);
  const waiting = (pid: number): void =>
    printNote(
      io,
      io.colors.err.dim(`waiting for process ${pid}, which uses the store in ${arx.home}`),
    );
  const tryOnce = async (): Promise<{ result: Result } | null> => {
    const store = await runningStore(arx.home);
    if (store === 'slow') return null;
    return {
      result: await (store === null
        ? withOwnStore(io, { home: arx.home, env: raw }, task)
        : task(store)),
    };
  };
  for (;;) {
    const done = await withLock(files.lock, tryOnce, waiting, interruptsOf(io));
    if (done !== null) return done.result;
    await untilAnswers(io, arx.home);
  }
}

/**
 * The address of the running stack's store; `slow` if its process is alive but does not answer now;
 * null if none runs.
 */
async function runningStore(home: string): Promise<string | 'slow' | null> {
  const [{ readState }, { isAlive }, { storeAnswers }] = await Promise.all([
    import('../../local/stack-state.ts'),
    import('../../local/processes.ts'),
    import('../../local/ports.ts'),
  ]);
  const { databaseUrl, processes } = readState(home) ?? {};
  if (!databaseUrl || processes?.store === undefined || !isAlive(processes.store)) return null;
  return (await storeAnswers(databaseUrl)) ? databaseUrl : 'slow';
}

/** Waits without the lock, so that `arx up --stop` can end the stack meanwhile. */
async function untilAnswers(io: Io, home: string): Promise<void> {
  const { waitFor } = await import('../../local/wait.ts');
  await waitFor(async () => ((await runningStore(home)) === 'slow' ? null : true), {
    what: () => `the store, which is running but does not answer (stack in ${home})`,
    remedy: '`arx up --stop` ends the stack.',
    log: (line) => printNote(io, io.colors.err.dim(line)),
    interrupts: interruptsOf(io),
  });
}

async function withOwnStore<Result>(
  io: Io,
  { home, env }: { home: string; env: Environment['raw'] },
  task: (databaseUrl: string) => Promise<Result>,
): Promise<Result> {
  const [{ startStorePart }, { endProcess }] = await Promise.all([
    import('../../local/stack-parts.ts'),
    import('../../local/processes.ts'),
  ]);
  let child: { pid: number; started: string } | null = null;
  const entry = fileURLToPath(new URL('../../local/store-process.ts', import.meta.url));
  const log = (line: string): void => printNote(io, io.colors.err.dim(line));
  const part = { home, entry, env, log, interrupts: interruptsOf(io) };
  try {
    return await task(await startStorePart(part, (started) => (child = started)));
  } finally {
    if (child !== null) await endProcess(child, 10_000);
  }
}

const noStore = (): CliError =>
  new CliError({
    code: 'no_store',
    message: 'There is no store yet.',
    remedy:
      'Set DATABASE_URL to the store, or create a local one with `arx run mfa-enforcement-check --local`.',
  });
