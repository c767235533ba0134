import type { JsonObject } from './types.ts';

/**
 * The listed fields of call arguments, and nothing else: what an entry may show. Own fields only,
 * top level.
 */
export function redactArgs(args: JsonObject, safeFields: readonly string[]): JsonObject {
  const shown = safeFields.filter(
    (field) => Object.hasOwn(args, field) && args[field] !== undefined,
  );
  return Object.fromEntries(shown.map((field) => [field, args[field] ?? null]));
}
