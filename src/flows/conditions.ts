/** Evaluates the conditions of flows and steps. */

import { matchesGlob } from '../governance/glob.ts';
import { comparable } from './comparable.ts';
import type { FlowCondition } from './types.ts';

/** Values of a flow's inputs by name, without those that were not given and have no default. */
export type InputValues = Readonly<Record<string, string | number | boolean>>;
type Value = string | number | boolean;

/** What conditions refer to: inputs, and otherwise the fields of the issue. */
export interface ConditionFacts {
  values: InputValues;
  texts: Readonly<Record<string, string>>;
}

/**
 * Texts are compared in the form of `comparable`; numbers and flags also by their text, as given on
 * the command line.
 */
const same = (one: Value, other: Value): boolean =>
  comparable(String(one)) === comparable(String(other));

// In texts a colon does not separate segments, so it is replaced by a character that texts cannot
// contain.
const flat = (text: string): string => comparable(text).replaceAll(':', '\u0001');

const TESTS: Readonly<
  Record<FlowCondition['is'], (value: Value | undefined, given: FlowCondition['value']) => boolean>
> = {
  present: (value) => value !== undefined && value !== '',
  absent: (value) => value === undefined || value === '',
  equals: (value, given) => value !== undefined && scalars(given).some((one) => same(value, one)),
  not_equals: (value, given) =>
    !scalars(given).some((one) => value !== undefined && same(value, one)),
  one_of: (value, given) => value !== undefined && scalars(given).some((one) => same(value, one)),
  matches: (value, given) =>
    value !== undefined &&
    scalars(given).some((glob) => matchesGlob(flat(String(glob)), flat(String(value)))),
};

const scalars = (given: FlowCondition['value']): readonly Value[] =>
  given === undefined ? [] : typeof given === 'object' ? given : [given];

/**
 * Whether a condition is met. `matches` is a case-insensitive glob over the whole text in which `*`
 * matches any characters. Matching takes linear time, so a flow cannot block a worker.
 */
export function isMet(condition: FlowCondition, { values, texts }: ConditionFacts): boolean {
  const { input } = condition;
  const value = Object.hasOwn(values, input)
    ? values[input]
    : Object.hasOwn(texts, input)
      ? texts[input]
      : undefined;
  return TESTS[condition.is](value, condition.value);
}

/** The first condition that is not met; null if all are met. */
export const firstUnmet = (
  conditions: readonly FlowCondition[],
  facts: ConditionFacts,
): FlowCondition | null => conditions.find((condition) => !isMet(condition, facts)) ?? null;
