import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { crossChecks } from '../schema/checks.ts';
import type { OperationCatalogue } from '../schema/checks.ts';
import { ConfigError } from '../errors.ts';
import type { ConfigPlace } from '../errors.ts';
import { checkSource } from './explain.ts';
import { configSchema } from '../schema/schema.ts';
import type { ArxConfig } from '../schema/schema.ts';
import { parseYaml } from './yaml-source.ts';
import type { YamlSource } from './yaml-source.ts';

/**
 * Where the value at a path stands in its file; of the nearest part above where the path does not
 * exist.
 */
export type PlaceOf = (path: readonly PropertyKey[]) => ConfigPlace;

/** arx.yaml as loaded. */
export interface LoadedConfig {
  config: ArxConfig;
  /** Absolute path of the file. */
  path: string;
  /** Its directory: what relative names in it are relative to. */
  baseDir: string;
  /** Hex SHA-256 over the canonical JSON of the configuration with its defaults. */
  digest: string;
  placeOf: PlaceOf;
}

/**
 * Reads and checks arx.yaml. Throws ConfigError: the first error in the file, the others in its
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

/** Checks a parsed arx.yaml; throws as `loadConfig` does. */
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

/** The error that stands first in its file, carrying the others. */
export function firstOf(errors: readonly ConfigError[]): ConfigError {
  const [first, ...others] = [...errors].sort(byPlace);
  if (!first)
    return new ConfigError('config', 'the configuration is not usable', 'Check the file.');
  return new ConfigError(first.code, first.message, first.remedy, first.where, others);
}

/**
 * Reads a configuration file as text, called `shown` in errors; ConfigError `no_file` or
 * `unreadable` where it can't be had.
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
          'Name the file with --config or ARX_CONFIG, or create it.',
          { file: shown },
        )
      : new ConfigError(
          'unreadable',
          `${shown} cannot be read`,
          'Check its permissions: it must be a file that you may read.',
          {
            file: shown,
          },
        );
  }
}

/** Hex SHA-256 over RFC 8785 JSON; for configurations, whose values are plain. */
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

// A key that is missing often stands beside the misspelled one that was meant, which says more.
const byPlace = (a: ConfigError, b: ConfigError): number =>
  (a.where?.file ?? '').localeCompare(b.where?.file ?? '') ||
  (a.where?.line ?? 0) - (b.where?.line ?? 0) ||
  Number(a.code === 'missing_key') - Number(b.code === 'missing_key') ||
  (a.where?.column ?? 0) - (b.where?.column ?? 0);
