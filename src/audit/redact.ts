import type { JsonObject } from './types.ts';

/**
 * The allowed fields of call arguments, which are all that an entry may show. Own top-level fields
 * only.
 */
export function redactArgs(args: JsonObject, safeFields: readonly string[]): JsonObject {
  const shown = safeFields.filter(
    (field) => Object.hasOwn(args, field) && args[field] !== undefined,
  );
  return Object.fromEntries(shown.map((field) => [field, args[field] ?? null]));
}
