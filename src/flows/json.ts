/** Safe access to parsed JSON. */

/** No valid event has more levels or values than this. */
const MAX_DEPTH = 16;
const MAX_VALUES = 5_000;
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a value is an object, not null and not a list. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of an own key; undefined for inherited keys. */
export const own = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** The value at a dotted path of own keys. */
export const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => own(inner, key), value);

/**
 * Why parsed JSON must not be used, and where: keys that would reach a prototype at any depth, or
 * an unreasonable size. Null if it can be used.
 */
export function jsonProblem(value: unknown): { field: string; expected: string } | null {
  const left: { path: string; value: unknown; depth: number }[] = [{ path: '', value, depth: 0 }];
  for (let seen = 0; ; seen += 1) {
    const part = left.pop();
    if (part === undefined) return null;
    if (seen > MAX_VALUES) return { field: '', expected: `at most ${MAX_VALUES} values` };
    if (typeof part.value !== 'object' || part.value === null) continue;
    if (part.depth >= MAX_DEPTH)
      return { field: part.path, expected: `at most ${MAX_DEPTH} levels` };
    for (const key of Object.keys(part.value)) {
      const path = part.path === '' ? key : `${part.path}.${key}`;
      if (PROTOTYPE_KEYS.has(key))
        return { field: path.slice(0, 200).toWellFormed(), expected: 'no such key' };
      left.push({
        path,
        value: (part.value as Record<string, unknown>)[key],
        depth: part.depth + 1,
      });
    }
  }
}
