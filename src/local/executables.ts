/**
 * Executables of other projects: looked for on this machine, else installed into the per-user
 * cache.
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

/** What a way of installing gets. */
export interface InstallContext {
  env: Env;
  /** Where the executable is to be; its folder exists. */
  target: string;
  log: (line: string) => void;
}

/** A way to get an executable. */
export interface InstallMethod<How extends string> {
  how: How;
  /** Name in the cache; it holds version and origin, so that another version is another file. */
  file: string;
  /** Leaves an executable at `target`, or throws. */
  install: (context: InstallContext) => Promise<void>;
}

export interface Found<How extends string> {
  path: string;
  how: How;
  /** It was in the cache already. */
  cached: boolean;
}

export interface InstallOptions {
  /** What is installed, for people. */
  what: string;
  env: Env;
  cacheDir: string;
  log: (line: string) => void;
}

/**
 * Finds what one of the ways left in the cache, else installs by the first way that works; one
 * process at a time, the others wait. Returns a line for each way that was tried where none works.
 */
export async function findOrInstall<How extends string>(
  ways: readonly InstallMethod<How>[],
  { what, env, cacheDir, log }: InstallOptions,
): Promise<Found<How> | { tried: string[] }> {
  const findCached = (): Found<How> | undefined => {
    const way = ways.find(({ file }) => isExecutable(join(cacheDir, file)));
    return way && { path: join(cacheDir, way.file), how: way.how, cached: true };
  };
  const install = async (): Promise<Found<How> | { tried: string[] }> => {
    const tried: string[] = [
      `cache: none of ${ways.map(({ file }) => file).join(', ')} in ${cacheDir}`,
    ];
    for (const { how, file, install: installTo } of ways) {
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
  const lock = join(cacheDir, `${ways[0]?.file}.lock`);
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
      `the cache folder ${cacheDir} cannot be made (${code})`,
      'Set XDG_CACHE_HOME to a folder that you may write, or name a Temporal executable in TEMPORAL_CLI_PATH.',
      { path: 'XDG_CACHE_HOME' },
    );
  }
}

/**
 * Works in a scratch folder beside the target and moves the executable, whose path `work` returns,
 * to the target: it is there whole or not at all. What a killed process left is removed.
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

/** Path of an executable of this name in PATH. */
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
 * Why a command failed: its last line on standard error, the last one marked as an error where
 * there is any. pip names a connection that fails in warnings only, and then reports that there is
 * no such package.
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
