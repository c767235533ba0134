import { existsSync } from 'node:fs';
import { makeFolder } from '../../config/folder.ts';
import { checkHome, makeHome } from '../../config/home.ts';
import { CliError } from './errors.ts';
import type { Environment } from './settings.ts';

/**
 * Runs a task over the embedded store of ARX_HOME: that of a running stack, else one started for the task alone. The
 * stack's lock is held meanwhile, so that no command starts or ends a stack on the same data under it.
 */
export async function withLocalStore<Result>(
  { arx, raw }: Environment,
  task: (databaseUrl: string) => Promise<Result>,
  { create = false }: { create?: boolean } = {},
): Promise<Result> {
  const [{ withLock }, { readState, stackFiles }] = await Promise.all([
    import('../../local/lock.ts'),
    import('../../local/stack-state.ts'),
  ]);
  const files = stackFiles(arx.home);
  checkHome(arx.home);
  if (!create && !existsSync(files.postgres)) throw noStore();
  makeHome(arx.home);
  makeFolder(files.logs, 0o700);
  return withLock(files.lock, async () => {
    const running = readState(arx.home);
    const { accepts } = await import('../../local/ports.ts');
    if (running?.databaseUrl && (await accepts(new URL(running.databaseUrl).host))) return task(running.databaseUrl);
    return alone({ home: arx.home, env: raw }, task);
  });
}

async function alone<Result>(
  { home, env }: { home: string; env: Environment['raw'] },
  task: (databaseUrl: string) => Promise<Result>,
): Promise<Result> {
  const [{ startStorePart }, { endProcess }] = await Promise.all([
    import('../../local/stack-parts.ts'),
    import('../../local/processes.ts'),
  ]);
  let child: { pid: number; started: string } | null = null;
  const entry = new URL('../../local/store-process.ts', import.meta.url).pathname;
  try {
    return await task(await startStorePart({ home, entry, env }, (started) => (child = started)));
  } finally {
    if (child !== null) await endProcess(child, 10_000);
  }
}

const noStore = (): CliError =>
  new CliError({
    code: 'no_store',
    message: 'There is no store yet.',
    remedy: 'Set DATABASE_URL to the store, or make a local one with `arx run mfa-enforcement-check --local`.',
  });
