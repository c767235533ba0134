import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { readListenAddress } from './address.ts';
import type { ListenAddress, ReadResult } from './address.ts';
import { EnvSource } from './env-source.ts';
import type { Found } from './env-source.ts';
import { ConfigError } from '../errors.ts';
import { Secret } from './secret.ts';
import { VARIABLES } from './variables.ts';
import type { Variable } from './variables.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The part of the environment that every command needs; `requireOkta` and similar functions read
 * the vendors' settings from it.
 */
export interface ArxEnv {
  source: EnvSource;
  /** Working directory: it contains `.env`, and file names are relative to it. */
  cwd: string;
  /** The user's home directory. */
  userHome: string;
  /** ARX_HOME, absolute. */
  home: string;
  /** ARX_CONFIG, absolute; null if it is not set. */
  configPath: string | null;
  databaseUrl: Secret | null;
  serverAddress: ListenAddress;
  /** Null: no metrics endpoint. */
  metricsAddress: ListenAddress | null;
  /** Null: any free port on the loopback interface. */
  healthAddress: ListenAddress | null;
  logLevel: LogLevel;
}

interface ReadEnvOptions {
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  userHome?: string;
}

/**
 * Reads the environment and `.env`. Throws ConfigError if one of arx's own variables is invalid.
 */
export function readEnv({
  env = process.env,
  cwd = process.cwd(),
  userHome = homedir(),
}: ReadEnvOptions = {}): ArxEnv {
  const source = new EnvSource(env, cwd);
  const path = (name: string): string | null => optional(source, name, readPath(cwd));
  return {
    source,
    cwd,
    userHome,
    home: path('ARX_HOME') ?? resolve(cwd, '.arx'),
    configPath: path('ARX_CONFIG'),
    databaseUrl: optional(source, 'DATABASE_URL', readDatabaseUrl),
    serverAddress: optional(source, 'ARX_SERVER_ADDRESS', readListenAddress) ?? {
      host: '127.0.0.1',
      port: 8480,
    },
    metricsAddress: optional(source, 'ARX_METRICS_ADDRESS', readListenAddress),
    healthAddress: optional(source, 'ARX_HEALTH_ADDRESS', readListenAddress),
    logLevel: optional(source, 'ARX_LOG_LEVEL', readLogLevel) ?? 'info',
  };
}

/** Reads a variable; null if it is not set. Throws ConfigError if it is invalid. */
export function optional<T>(
  source: EnvSource,
  name: string,
  read: (text: string) => ReadResult<T>,
): T | null {
  const found = source.find(name);
  if (!found) return null;
  const result = read(found.value);
  if (result.ok) return result.value;
  throw invalid(name, found, result);
}

/**
 * Reads a variable that a command requires: as `optional`, but throws ConfigError
 * `missing_variable` if it is not set.
 */
export function requireVariable<T>(
  source: EnvSource,
  name: string,
  read: (text: string) => ReadResult<T>,
): T {
  const value = optional(source, name, read);
  if (value !== null) return value;
  const { does, example, instead } = rowOf(name);
  const form = example ? `, for example ${name}=${example}` : '';
  throw new ConfigError(
    'missing_variable',
    `${name} is not set (${does})`,
    `Set ${name} in the environment or in .env${form}; or set ${name}_FILE to a file that contains it${instead ? `; or ${instead}` : ''}.`,
    { path: name },
  );
}

/** Every ConfigError that the readers throw; empty if none does. */
export function problemsOf(readers: readonly (() => unknown)[]): ConfigError[] {
  return readers.flatMap((read) => {
    try {
      read();
      return [];
    } catch (thrown) {
      if (thrown instanceof ConfigError) return [thrown];
      throw thrown;
    }
  });
}

/** Reads a token; it may not contain white space or quotes. */
export function readSecret(text: string): ReadResult<Secret> {
  if (/\s/u.test(text))
    return {
      ok: false,
      problem: 'contains white space or a line break',
      remedy: 'Copy the token alone.',
    };
  if (/["'`]/.test(text))
    return { ok: false, problem: 'contains quotes', remedy: 'Remove the quotes.' };
  return /^[\x21-\x7e]+$/.test(text)
    ? { ok: true, value: new Secret(text) }
    : { ok: false, problem: 'contains characters that no token has' };
}

/**
 * TEMPORAL_* from the environment, `.env` and NAME_FILE files, for Temporal's own library to read.
 * Contains secrets.
 */
export function temporalVariables({ source }: ArxEnv): Record<string, string> {
  const known = VARIABLES.filter(({ usedBy }) => usedBy === 'temporal').map(({ name }) => name);
  const names = new Set([...known, ...source.names('TEMPORAL_')]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const found = source.find(name);
      return found ? [[name, found.value]] : [];
    }),
  );
}

const rowOf = (name: string): Pick<Variable, 'does' | 'example' | 'instead'> =>
  VARIABLES.find((row) => row.name === name) ?? { does: 'a setting' };

function invalid(
  name: string,
  { where }: Found,
  { problem, remedy }: ReadResult<unknown> & { ok: false },
): ConfigError {
  const { does, example } = rowOf(name);
  const form = example ? `, such as ${example}` : '';
  const message = `${name} ${problem} (${does}${form})`;
  return new ConfigError('invalid_variable', message, remedy ?? `Correct ${name}.`, where);
}

const readPath =
  (cwd: string) =>
  (text: string): ReadResult<string> =>
    text.includes('\0') || text.trim() !== text
      ? {
          ok: false,
          problem: 'is not a path: it begins or ends with white space, or contains a NUL',
        }
      : { ok: true, value: resolve(cwd, text) };

const readLogLevel = (text: string): ReadResult<LogLevel> => {
  const level = LOG_LEVELS.find((known) => known === text);
  return level ? { ok: true, value: level } : { ok: false, problem: 'is not a log level' };
};

function readDatabaseUrl(text: string): ReadResult<Secret> {
  const url = URL.parse(text);
  const postgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  return postgres && !/\s/.test(text)
    ? { ok: true, value: new Secret(text) }
    : { ok: false, problem: 'is not a PostgreSQL URL' };
}
