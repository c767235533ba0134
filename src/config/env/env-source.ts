import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from '../errors.ts';
import type { ConfigPlace } from '../errors.ts';

const MAX_BYTES = 64 * 1024;

/** A variable that is set: its value, and where it was set. */
export interface Found {
  value: string;
  where: ConfigPlace;
}

interface Layer {
  values: Readonly<Record<string, string | undefined>>;
  place: (name: string) => ConfigPlace;
}

/**
 * Makes a process ignore `.env`: for one that gets its whole environment from arx, and must not use
 * what is left out on purpose.
 */
export const WITHOUT_DOTENV = { ARX_DOTENV: 'none' } as const;

/**
 * The environment, which takes precedence over `.env`; each name may also be set as NAME_FILE. A
 * name with an empty value is not set. Printing it shows no values.
 */
export class EnvSource {
  readonly #layers: readonly Layer[];
  readonly #cwd: string;

  constructor(env: Readonly<Record<string, string | undefined>>, cwd: string) {
    const ignored = env['ARX_DOTENV'] === WITHOUT_DOTENV.ARX_DOTENV;
    const dotenv = ignored ? null : readDotenv(join(cwd, '.env'));
    this.#cwd = cwd;
    this.#layers = [
      { values: env, place: (name) => ({ path: name }) },
      ...(dotenv ? [dotenv] : []),
    ];
  }

  /**
   * The value of a variable; null if it is not set or empty. The first layer that sets the name or
   * its NAME_FILE decides. Throws ConfigError if both are set or the file cannot be read.
   */
  find(name: string): Found | null {
    const layer = this.#layers.find(
      ({ values }) => isSet(values[name]) || isSet(values[`${name}_FILE`]),
    );
    if (!layer) return null;
    const direct = layer.values[name] || null;
    const file = layer.values[`${name}_FILE`] || null;
    if (direct !== null && file !== null) throw setTwice(name, layer.place(name));
    if (file === null) return direct === null ? null : { value: direct, where: layer.place(name) };
    const value = readSecretFile(resolve(this.#cwd, file), {
      name,
      where: layer.place(`${name}_FILE`),
    });
    return { value, where: layer.place(`${name}_FILE`) };
  }

  /** The names with a prefix that are set in any layer. */
  names(prefix: string): string[] {
    const all = this.#layers.flatMap(({ values }) =>
      Object.keys(values).filter((name) => isSet(values[name])),
    );
    return [...new Set(all)].filter((name) => name.startsWith(prefix)).sort();
  }

  /** True if the process environment itself (not `.env`) sets the name. */
  inEnvironment(name: string): boolean {
    return Boolean(this.#layers[0]?.values[name]);
  }
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

function readDotenv(file: string): Layer | null {
  const text = readIfThere(file);
  if (text === null) return null;
  const lines = text.split('\n');
  const lineOf = (name: string): number => lines.findIndex((line) => declares(line, name)) + 1;
  return {
    values: parseEnv(text),
    place: (name) => ({ file: '.env', line: lineOf(name) || 1, column: 1, path: name }),
  };
}

const declares = (line: string, name: string): boolean =>
  line
    .trimStart()
    .replace(/^export\s+/, '')
    .split('=')[0]
    ?.trimEnd() === name;

function readIfThere(file: string): string | null {
  try {
    return limitSize(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ConfigError(
      'unreadable',
      '.env cannot be read',
      'Check that it is a readable text file of at most 64 KB.',
      {
        file: '.env',
      },
    );
  }
}

function readSecretFile(
  file: string,
  { name, where }: { name: string; where: ConfigPlace },
): string {
  let text: string;
  try {
    text = limitSize(readFileSync(file, 'utf8')).replace(/\r?\n$/, '');
  } catch {
    throw new ConfigError(
      'unreadable',
      `${name}_FILE names a file that cannot be read`,
      `Create the file, or set ${name} instead.`,
      where,
    );
  }
  if (text !== '') return text;
  throw new ConfigError(
    'invalid_variable',
    `${name}_FILE names an empty file`,
    'Write the value to the file.',
    where,
  );
}

function limitSize(text: string): string {
  if (text.length > MAX_BYTES) throw new RangeError('too large');
  return text;
}

const setTwice = (name: string, where: ConfigPlace): ConfigError =>
  new ConfigError(
    'conflicting_variables',
    `${name} and ${name}_FILE are both set`,
    'Remove one of them.',
    where,
  );
