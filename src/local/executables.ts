/**
 * Executables of other projects: found on this machine, or installed into the cache of the user.
 */

import {
  constants,
  accessSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { ConfigError } from '../config/errors.ts';
import { makeFolder } from '../config/folder.ts';
import { withLock } from './lock.ts';

type Env = Record<string, string | undefined>;

/** What an install method gets. */
export interface InstallContext {
  env: Env;
  /** Path for the executable; its folder exists. */
  target: string;
  log: (line: string) => void;
}

/** A method of installing an executable. */
export interface InstallMethod<How extends string> {
  how: How;
  /** Name in the cache; contains version and origin, so that each version has its own file. */
  file: string;
  /** Leaves an executable at `target`, or throws. */
  install: (context: InstallContext) => Promise<void>;
}

export interface Found<How extends string> {
  path: string;
  how: How;
  /** True if it was already in the cache. */
  cached: boolean;
}

export interface InstallOptions {
  /** What is installed, for messages. */
  what: string;
  env: Env;
  cacheDir: string;
  log: (line: string) => void;
}

/**
 * Finds an executable in the cache, or installs it with the first method that works. One process
 * installs at a time, the others wait. If no method works, returns a line for each.
 */
export async function findOrInstall<How extends string>(
  methods: readonly InstallMethod<How>[],
  { what, env, cacheDir, log }: InstallOptions,
): Promise<Found<How> | { tried: string[] }> {
  const findCached = (): Found<How> | undefined => {
    const method = methods.find(({ file }) => isExecutable(join(cacheDir, file)));
    return method && { path: join(cacheDir, method.file), how: method.how, cached: true };
  };
  const install = async (): Promise<Found<How> | { tried: string[] }> => {
    const tried: string[] = [
      `cache: none of ${methods.map(({ file }) => file).join(', ')} in ${cacheDir}`,
    ];
    for (const { how, file, install: installTo } of methods) {
      const target = join(cacheDir, file);
      try {
        await installTo({ env, target, log });
        return { path: target, how, cached: false };
      } catch (error) {
        tried.push(`${how}: ${reasonFor(error)}`);
      }
    }
    return { tried };
  };
  const found = findCached();
  if (found) return found;
  makeCache(cacheDir);
  const lock = join(cacheDir, `${methods[0]?.file}.lock`);
  const reportWait = (pid: number) =>
    log(`waiting for process ${pid}, which is installing ${what}`);
  return await withLock(lock, async () => findCached() ?? (await install()), reportWait);
}

function makeCache(cacheDir: string): void {
  try {
    makeFolder(cacheDir);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      'cache_folder',
      `the cache folder ${cacheDir} cannot be created (${code})`,
      'Set XDG_CACHE_HOME to a writable folder, or TEMPORAL_CLI_PATH to a Temporal executable.',
      { path: 'XDG_CACHE_HOME' },
    );
  }
}

/**
 * Runs `work` in a scratch folder beside the target and moves the executable whose path it returns
 * to the target, so that the target is never incomplete. Removes scratch folders left by killed
 * processes.
 */
export async function installInScratch(
  target: string,
  work: (scratch: string) => Promise<string>,
): Promise<void> {
  const prefix = `${basename(target)}.new-`;
  const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });
  const left = readdirSync(dirname(target)).filter((name) => name.startsWith(prefix));
  left.forEach((name) => remove(join(dirname(target), name)));
  const scratch = mkdtempSync(join(dirname(target), prefix));
  try {
    const executable = await work(scratch);
    chmodSync(executable, 0o755);
    renameSync(executable, target);
  } finally {
    remove(scratch);
  }
}

/** Path of the executable with this name in PATH; null if there is none. */
export function executableOnPath(name: string, env: Env): string | null {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const CONNECTION =
  /(NewConnectionError|ConnectTimeoutError|ProxyError|SSLError|NameResolutionError)/;

/**
 * Why a command failed: the last line on standard error that is marked as an error, else the last
 * line. pip reports a failed connection only as a warning, followed by the error that there is no
 * such package.
 */
function reasonFor(error: unknown): string {
  const { stderr, killed, message } = error as {
    stderr?: string;
    killed?: boolean;
    message?: string;
  };
  if (killed) return 'took too long';
  const lines = stderr?.trim().split('\n') ?? [];
  const connection = lines.find((line) => line.startsWith('WARNING:') && CONNECTION.test(line));
  if (connection)
    return `the package index cannot be reached (${CONNECTION.exec(connection)?.[1]})`;
  return (
    (lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.at(-1) ?? '').slice(0, 300) ||
    String(message)
  );
}
