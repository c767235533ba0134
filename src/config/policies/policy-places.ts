import type { Policy, SourcePlace } from '../../governance/types.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/** Where a policy stands, and each of the keys and entries that it states. */
export function placesOf(source: YamlSource, at: number): Pick<Policy, 'place' | 'places'> {
  const stated = (source.value as Record<string, unknown>[])[at] ?? {};
  const paths = Object.entries(stated).flatMap(([key, value]) => [
    [key],
    ...inner(value).map((part) => [key, part]),
  ]);
  const places = paths.map((path) => [path.join('.'), placeAt(source, [at, ...path])] as const);
  return { place: placeAt(source, [at]), places: Object.fromEntries(places) };
}

const inner = (value: unknown): PropertyKey[] => {
  if (Array.isArray(value)) return value.map((_, index) => index);
  return value !== null && typeof value === 'object' ? Object.keys(value) : [];
};

function placeAt(source: YamlSource, path: readonly PropertyKey[]): SourcePlace {
  const { file = '', line = 1, column = 1 } = source.keyPlace(path);
  return { file, line, column };
}
