import { z } from 'zod';

const holder = z.object({ profile: z.record(z.string(), z.unknown()).nullish() });

/**
 * The names of the attributes in a profile that have a value, sorted; never the values, which are
 * personal.
 */
export function attributesOf(json: unknown): string[] {
  const { profile } = holder.parse(json);
  return Object.entries(profile ?? {})
    .filter(([, value]) => hasValue(value))
    .map(([name]) => name)
    .sort();
}

const hasValue = (value: unknown): boolean =>
  value !== null &&
  value !== undefined &&
  value !== '' &&
  !(Array.isArray(value) && value.length === 0);
