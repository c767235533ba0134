import { ConfigError } from '../errors.ts';
import { nearest } from '../yaml/nearest.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/** A remedy that names the nearest known word, or all of them. */
export function didYouMean(given: string, known: readonly string[], label: string): string {
  const near = nearest(given, known);
  if (near) return `Did you mean ${near}?`;
  return known.length === 0 ? 'Take it out.' : `${label}: ${known.join(', ')}.`;
}

/** An error at the value of a path. */
export const error = (
  { source }: { source: YamlSource },
  path: readonly PropertyKey[],
  ...[code, says, remedy]: [code: string, says: string, remedy: string]
): ConfigError => new ConfigError(code, says, remedy, source.valuePlace(path));
