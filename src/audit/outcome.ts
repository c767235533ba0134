import type { JsonObject } from './types.ts';

/** The text under a name in the outcome of an entry; null if there is none. */
export function textOf(outcome: JsonObject | null | undefined, name: string): string | null {
  const value = outcome?.[name];
  return typeof value === 'string' ? value : null;
}
