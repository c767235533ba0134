/** Values of fields with which policies are compared, so that a change of a condition is found. */

import type { FieldValues } from './conditions.ts';
import type { Value } from './operators.ts';
import type { Policy } from './types.ts';

/** More combinations than this are not tried; then each field is varied alone. */
const MAX_SCENARIOS = 500;
/** A text that no condition names. */
const OTHER = 'any other value';

/**
 * Combinations of values that the conditions of these policies may treat differently; the first one
 * leaves every field unknown, and is the only one without conditions.
 */
export function scenariosOf(policies: readonly Policy[]): FieldValues[] {
  const candidates = new Map<string, Value[]>();
  for (const { field, value } of policies.flatMap(({ when = [] }) => when))
    candidates.set(field, [...(candidates.get(field) ?? []), ...variantsOf(value)]);
  const fields = [...candidates].map(([field, values]) => [field, distinct(values)] as const);
  const size = fields.reduce((product, [, values]) => product * (values.length + 1), 1);
  if (size > MAX_SCENARIOS)
    return [
      {},
      ...fields.flatMap(([field, values]) => values.map((value) => ({ [field]: value }))),
    ];
  return fields.reduce<FieldValues[]>(
    (all, [field, values]) => [
      ...all,
      ...values.flatMap((value) => all.map((one) => ({ ...one, [field]: value }))),
    ],
    [{}],
  );
}

/** Values on both sides of a condition with this value. */
function variantsOf(value: Value | undefined): Value[] {
  const stated = Array.isArray(value) ? (value as readonly Value[]) : [value ?? null];
  return [
    ...stated.flatMap((one) => [one, [one]]),
    ...stated.flatMap((one) => (typeof one === 'number' ? [one - 1, one + 1] : [])),
    ...stated.flatMap((one) => (typeof one === 'boolean' ? [!one] : [])),
    OTHER,
    null,
  ];
}

function distinct(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
