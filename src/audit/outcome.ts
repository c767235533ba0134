import type { JsonObject } from './types.ts';

/** The text under a name in the outcome of an entry; null if there is none. */
export function textOf(outcome: JsonObject | null | undefined, name: string): string | null {
  const value = outcome?.[name];
  return typeof value === 'string' ? value : null;
}

/** An object in an outcome; null if there is none. */
export function objectOf(outcome: JsonObject | null | undefined, name: string): JsonObject | null {
  const value = outcome?.[name];
  return isJsonObject(value) ? value : null;
}

const isJsonObject = (value: JsonObject[string] | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
