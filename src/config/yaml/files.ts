/** Finds the files that patterns name. */

import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';

/** A file found by a pattern: its path, and its name in messages. */
export interface FoundFile {
  path: string;
  /** Relative to the base directory; absolute if the pattern is. */
  shown: string;
}

/**
 * The files that patterns name, each once, in order of their paths. `*` matches any characters of
 * one name except a leading dot; a directory means the YAML files in it. Throws ConfigError
 * `no_file` if a pattern without `*` matches nothing; a pattern with `*` may match nothing.
 */
export function findFiles(patterns: readonly string[], baseDir: string): FoundFile[] {
  const found = patterns.flatMap((pattern) =>
    filesOf(pattern, baseDir).map((path) => ({
      path,
      shown: isAbsolute(pattern) ? path : relative(baseDir, path),
    })),
  );
  const unique = new Map(found.map((file) => [file.path, file]));
  return [...unique.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function filesOf(pattern: string, baseDir: string): string[] {
  const absolute = resolve(baseDir, pattern);
  const paths = absolute.split('/').slice(1).reduce(expand, ['/']);
  if (paths.length === 0 && !pattern.includes('*')) {
    throw new ConfigError(
      'no_file',
      `${pattern} does not exist`,
      'Correct the name, or create the file.',
      { file: pattern },
    );
  }
  return paths.flatMap((path) => (isDirectory(path) ? yamlFilesIn(path) : [path]));
}

function expand(directories: readonly string[], name: string): string[] {
  if (!name.includes('*'))
    return directories.map((directory) => join(directory, name)).filter(exists);
  const pattern = patternOf(name);
  return directories.flatMap((directory) =>
    namesIn(directory)
      .filter((entry) => pattern.test(entry))
      .map((entry) => join(directory, entry)),
  );
}

// A leading dot must be written out. Several stars in a row count as one, which keeps matching
// fast.
function patternOf(name: string): RegExp {
  const body = name
    .replace(/\*+/g, '*')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*');
  return new RegExp(`^${name.startsWith('*') ? '(?!\\.)' : ''}${body}$`, 'u');
}

const yamlFilesIn = (directory: string): string[] =>
  namesIn(directory)
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .map((name) => join(directory, name));

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
