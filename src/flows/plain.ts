/** More levels or parts than these no event has. */
const DEEPEST = 16;
const MOST_PARTS = 5_000;
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** True for an object that is neither null nor a list. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at an own key; undefined for anything inherited. */
export const own = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** What stands at a dotted path of own keys. */
export const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => own(inner, key), value);

/**
 * Why parsed JSON must not be worked with, and where: keys that would reach a prototype, at any
 * depth, or a size that no document of ours has; null where there is nothing against it.
 */
export function unfitJson(value: unknown): { field: string; says: string } | null {
  const left: { path: string; value: unknown; depth: number }[] = [{ path: '', value, depth: 0 }];
  for (let seen = 0; ; seen += 1) {
    const part = left.pop();
    if (part === undefined) return null;
    if (seen > MOST_PARTS) return { field: '', says: `at most ${MOST_PARTS} values` };
    if (typeof part.value !== 'object' || part.value === null) continue;
    if (part.depth >= DEEPEST) return { field: part.path, says: `at most ${DEEPEST} levels` };
    for (const key of Object.keys(part.value)) {
      const path = part.path === '' ? key : `${part.path}.${key}`;
      if (PROTOTYPE_KEYS.has(key)) return { field: path.slice(0, 200), says: 'no such key' };
      left.push({
        path,
        value: (part.value as Record<string, unknown>)[key],
        depth: part.depth + 1,
      });
    }
  }
}
