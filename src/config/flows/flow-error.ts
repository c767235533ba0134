import { ConfigError } from '../errors.ts';
import { nearest } from '../yaml/nearest.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/** A remedy that suggests the nearest known word, or lists all of them. */
export function didYouMean(given: string, known: readonly string[], label: string): string {
  const near = nearest(given, known);
  if (near) return `Did you mean ${near}?`;
  return known.length === 0 ? 'Remove it.' : `${label}: ${known.join(', ')}.`;
}

/** An error at the value of a path. */
export const error = (
  { source }: { source: YamlSource },
  path: readonly PropertyKey[],
  ...[code, message, remedy]: [code: string, message: string, remedy: string]
): ConfigError => new ConfigError(code, message, remedy, source.valuePlace(path));
