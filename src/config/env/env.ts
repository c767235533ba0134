import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { readListenAddress } from './address.ts';
import type { ListenAddress, Read } from './address.ts';
import { EnvSource } from './env-source.ts';
import type { Found } from './env-source.ts';
import { ConfigError } from '../errors.ts';
import { Secret } from './secret.ts';
import { VARIABLES } from './variables.ts';
import type { Variable } from './variables.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The environment as far as every command needs it; vendors are read from it by `requireOkta` and
 * its sisters.
 */
export interface ArxEnv {
  source: EnvSource;
  /** Working directory that relative names and `.env` are taken from. */
  cwd: string;
  /** The user's home directory. */
  userHome: string;
  /** ARX_HOME, absolute. */
  home: string;
  /** ARX_CONFIG, absolute; null where it is not set. */
  configPath: string | null;
  databaseUrl: Secret | null;
  serverAddress: ListenAddress;
  /** Null: no metrics endpoint. */
  metricsAddress: ListenAddress | null;
  /** Null: any free port of the loopback. */
  healthAddress: ListenAddress | null;
  logLevel: LogLevel;
}

export interface ReadEnvOptions {
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  userHome?: string;
}

/**
 * Reads the environment and `.env`. Throws ConfigError for a variable of arx itself that is not of
 * its form.
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

/**
 * A variable read by its own reader; null where it is not set, ConfigError where it is not of its
 * form.
 */
export function optional<T>(
  source: EnvSource,
  name: string,
  read: (text: string) => Read<T>,
): T | null {
  const found = source.find(name);
  if (!found) return null;
  const result = read(found.value);
  if (result.ok) return result.value;
  throw invalid(name, found, result);
}

/**
 * A variable that a command can't do without: as `optional`, and ConfigError `missing_variable`
 * where it is not set.
 */
export function requireVariable<T>(
  source: EnvSource,
  name: string,
  read: (text: string) => Read<T>,
): T {
  const value = optional(source, name, read);
  if (value !== null) return value;
  const { does, example, instead } = rowOf(name);
  const form = example ? `, for example ${name}=${example}` : '';
  throw new ConfigError(
    'missing_variable',
    `${name} is not set (${does})`,
    `Set ${name} in the environment or in .env${form}; or ${name}_FILE to a file that holds it${instead ? `; or ${instead}` : ''}.`,
    { path: name },
  );
}

/** Every ConfigError of several readers; none where all read well. */
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

/** Reads a token: no white space inside or around it, no quotes. */
export function readSecret(text: string): Read<Secret> {
  if (/\s/u.test(text))
    return {
      ok: false,
      problem: 'has white space or a line break in it',
      remedy: 'Copy it again, alone.',
    };
  if (/["'`]/.test(text))
    return { ok: false, problem: 'has quotes in it', remedy: 'Take the quotes out.' };
  return /^[\x21-\x7e]+$/.test(text)
    ? { ok: true, value: new Secret(text) }
    : { ok: false, problem: 'has characters that no token has' };
}

/**
 * TEMPORAL_* from the environment, `.env` and NAME_FILE files, for the client library's own reader.
 * Holds secrets.
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
  { problem, remedy }: Read<unknown> & { ok: false },
): ConfigError {
  const { does, example } = rowOf(name);
  const form = example ? `, such as ${example}` : '';
  const message = `${name} ${problem} (${does}${form})`;
  return new ConfigError('invalid_variable', message, remedy ?? `Correct ${name}.`, where);
}

const readPath =
  (cwd: string) =>
  (text: string): Read<string> =>
    text.includes('\0') || text.trim() !== text
      ? { ok: false, problem: 'is not a path' }
      : { ok: true, value: resolve(cwd, text) };

const readLogLevel = (text: string): Read<LogLevel> => {
  const level = LOG_LEVELS.find((known) => known === text);
  return level ? { ok: true, value: level } : { ok: false, problem: 'is not a level' };
};

function readDatabaseUrl(text: string): Read<Secret> {
  const url = URL.parse(text);
  const postgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  return postgres && !/\s/.test(text)
    ? { ok: true, value: new Secret(text) }
    : { ok: false, problem: 'is not an address of PostgreSQL' };
}
