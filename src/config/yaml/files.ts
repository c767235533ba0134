import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';

/** A file found by a pattern: where it is, and how it is named to people. */
export interface FoundFile {
  path: string;
  /** Relative to the base directory, absolute where the pattern was. */
  shown: string;
}

/**
 * The files that patterns name, each once, in order of their paths. `*` stands for any characters
 * of one name (not for a leading dot), a directory for the YAML files in it. Throws ConfigError
 * `no_file` where a pattern without `*` names nothing; a pattern with `*` may find nothing.
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
      'Correct the name, or create it.',
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

// A leading dot must be written; runs of stars are one star, so that matching stays quick.
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
