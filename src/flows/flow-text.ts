/** Fills inputs and issue fields into the parameters of steps. */

import type { Json, JsonObject } from '../audit/types.ts';
import type { ConditionFacts } from './conditions.ts';
import { own } from './json.ts';

const WHOLE = /^\$([A-Za-z_][A-Za-z0-9_]*)$/;
const WITHIN = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/**
 * Fills in the parameters of a step. The text `$name` becomes the input's value with its type
 * (omitted if it has none), `$$name` becomes the text `$name`. `{{name}}` within a text becomes an
 * input's value or an issue's field (empty if there is none). Inserted text is not filled in again.
 */
export function fillParams(params: JsonObject, facts: ConditionFacts): JsonObject {
  return (fill(params, facts) ?? {}) as JsonObject;
}

function fill(value: Json, facts: ConditionFacts): Json | undefined {
  if (typeof value === 'string') return fillText(value, facts);
  if (Array.isArray(value)) return value.flatMap((item: Json) => fill(item, facts) ?? []);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, fill(item, facts)] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

function fillText(text: string, { values, texts }: ConditionFacts): Json | undefined {
  const [, name] = WHOLE.exec(text) ?? [];
  if (name !== undefined) return own(values, name) as Json | undefined;
  if (WHOLE.test(text.slice(1)) && text.startsWith('$$')) return text.slice(1);
  return text.replace(WITHIN, (_, inner: string) =>
    String(own(values, inner) ?? own(texts, inner) ?? ''),
  );
}

/**
 * The names that parameters refer to, with their paths: `$name` is an input, `{{name}}` an input or
 * a field of the issue.
 */
export function namesIn(
  params: Json,
  path: readonly PropertyKey[] = [],
): { name: string; whole: boolean; path: readonly PropertyKey[] }[] {
  if (typeof params === 'string') {
    const [, name] = WHOLE.exec(params) ?? [];
    if (name !== undefined) return [{ name, whole: true, path }];
    return [...params.matchAll(WITHIN)].map(([, inner = '']) => ({
      name: inner,
      whole: false,
      path,
    }));
  }
  if (typeof params !== 'object' || params === null) return [];
  if (Array.isArray(params))
    return params.flatMap((item: Json, index) => namesIn(item, [...path, index]));
  return Object.entries(params).flatMap(([key, item]) => namesIn(item as Json, [...path, key]));
}
