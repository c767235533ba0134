/** Loads and checks arx.yaml. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { crossChecks } from '../schema/cross-checks.ts';
import type { OperationCatalogue } from '../schema/cross-checks.ts';
import { ConfigError } from '../errors.ts';
import type { ConfigPlace } from '../errors.ts';
import { checkSource } from './check-source.ts';
import { configSchema } from '../schema/schema.ts';
import type { ArxConfig } from '../schema/schema.ts';
import { parseYaml } from './yaml-source.ts';
import type { YamlSource } from './yaml-source.ts';

/**
 * Finds the place of the value at a path in its file; if the path does not exist, that of its
 * nearest existing parent.
 */
export type PlaceOf = (path: readonly PropertyKey[]) => ConfigPlace;

/** The loaded arx.yaml. */
export interface LoadedConfig {
  config: ArxConfig;
  /** Absolute path of the file. */
  path: string;
  /** Its directory, to which file names in it are relative. */
  baseDir: string;
  /** Hex SHA-256 of the canonical JSON of the configuration with its defaults. */
  digest: string;
  placeOf: PlaceOf;
}

/**
 * Reads and checks arx.yaml. Throws ConfigError: the first error in the file, with the others in
 * `others`.
 */
export function loadConfig({
  path,
  catalogue,
}: {
  path: string;
  catalogue: OperationCatalogue;
}): LoadedConfig {
  const absolute = resolve(path);
  const source = parseYaml(readConfigFile(path), path);
  const config = checkConfig(source, catalogue);
  return {
    config,
    path: absolute,
    baseDir: dirname(absolute),
    digest: configDigest(config),
    placeOf: source.valuePlace,
  };
}

/** Checks a parsed arx.yaml. Throws as `loadConfig` does. */
function checkConfig(source: YamlSource, catalogue: OperationCatalogue): ArxConfig {
  const checked = checkSource(
    configSchema,
    source.value === null ? { ...source, value: {} } : source,
  );
  const errors = checked.ok
    ? crossChecks({ config: checked.value, source, catalogue })
    : checked.errors;
  if (checked.ok && errors.length === 0) return checked.value;
  throw firstOf(errors);
}

/** The first error by place, with the others in `others`. */
export function firstOf(errors: readonly ConfigError[]): ConfigError {
  const [first, ...others] = [...errors].sort(byPlace);
  if (!first)
    return new ConfigError(
      'config',
      'reading the configuration failed without an error',
      'Report this error.',
    );
  return new ConfigError(first.code, first.message, first.remedy, first.where, others);
}

/**
 * Reads a configuration file as text; errors name it `shown`. Throws ConfigError `no_file` or
 * `unreadable`.
 */
export function readConfigFile(path: string, shown: string = path): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw missing
      ? new ConfigError(
          'no_file',
          `${shown} does not exist`,
          'Set the file with --config or ARX_CONFIG, or create it.',
          { file: shown },
        )
      : new ConfigError(
          'unreadable',
          `${shown} cannot be read`,
          'Check that it is a file and that you may read it.',
          {
            file: shown,
          },
        );
  }
}

/** Hex SHA-256 of the RFC 8785 JSON of a configuration. */
export const configDigest = (config: unknown): string =>
  createHash('sha256').update(canonical(config)).digest('hex');

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
    .join(',')}}`;
}

// A missing key often has a misspelt one beside it, whose error is more helpful.
const byPlace = (a: ConfigError, b: ConfigError): number =>
  (a.where?.file ?? '').localeCompare(b.where?.file ?? '') ||
  (a.where?.line ?? 0) - (b.where?.line ?? 0) ||
  Number(a.code === 'missing_key') - Number(b.code === 'missing_key') ||
  (a.where?.column ?? 0) - (b.where?.column ?? 0);
