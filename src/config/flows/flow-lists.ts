/** Reads files beside arx.yaml that contain one list. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { checkSource, printableKey } from '../yaml/check-source.ts';
import { firstOf, readConfigFile } from '../yaml/load.ts';
import { parseYaml } from '../yaml/yaml-source.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/**
 * Reads a file that contains one list, either alone or under a key; an empty file is an empty list.
 * Throws ConfigError.
 */
export function readListFile<Item extends z.ZodType>(
  { path, shown }: { path: string; shown: string },
  { key, item, expected }: { key: string; item: Item; expected: string },
): { rows: z.output<Item>[]; source: YamlSource } {
  const source = listIn(parseYaml(readConfigFile(path, shown), shown), key);
  const checked = checkSource(z.array(item, { error: expected }), source);
  if (!checked.ok) throw firstOf(checked.errors);
  return { rows: checked.value, source };
}

/** The path of a file beside arx.yaml; null if it does not exist. */
export function besideConfig(baseDir: string, name: string): string | null {
  const path = resolve(baseDir, name);
  return existsSync(path) ? path : null;
}

function listIn(source: YamlSource, key: string): YamlSource {
  const { value } = source;
  if (value === null || value === undefined) return { ...source, value: [] };
  if (typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, key))
    return source;
  const [extra] = Object.keys(value).filter((name) => name !== key);
  if (extra !== undefined) {
    const where = source.keyPlace([extra]);
    throw new ConfigError(
      'unknown_key',
      `${where.file} has the unknown key ${printableKey(extra)}; only ${key} is allowed`,
      'Remove it.',
      where,
    );
  }
  const inner = (value as Record<string, unknown>)[key];
  return {
    value: inner ?? [],
    keyPlace: (path) => source.keyPlace([key, ...path]),
    valuePlace: (path) => source.valuePlace([key, ...path]),
    has: (path) => source.has([key, ...path]),
  };
}
