import { matchesGlob } from '../governance/glob.ts';
import { comparable } from './titles.ts';
import type { FlowCondition } from './types.ts';

/** Values of a flow's inputs by name; one that was not given and has no default is not in there. */
export type InputValues = Readonly<Record<string, string | number | boolean>>;
type Value = string | number | boolean;

/** What conditions look at: inputs, and after them the fields of the issue. */
export interface ConditionFacts {
  values: InputValues;
  texts: Readonly<Record<string, string>>;
}

/**
 * Texts are compared as titles are; numbers and flags also with their text, as a command line gives
 * them.
 */
const same = (one: Value, other: Value): boolean =>
  comparable(String(one)) === comparable(String(other));

// A colon is no border in a text: it is swapped for a character that texts cannot have.
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
 * Whether a condition holds. `matches` is a glob over the whole text, without case: `*` stands for
 * any characters, all others for themselves; matching is linear, so a flow cannot hold a worker up.
 */
export function holds(condition: FlowCondition, { values, texts }: ConditionFacts): boolean {
  const { input } = condition;
  const value = Object.hasOwn(values, input)
    ? values[input]
    : Object.hasOwn(texts, input)
      ? texts[input]
      : undefined;
  return TESTS[condition.is](value, condition.value);
}

/** The first condition that does not hold, null where all do. */
export const firstUnmet = (
  conditions: readonly FlowCondition[],
  facts: ConditionFacts,
): FlowCondition | null => conditions.find((condition) => !holds(condition, facts)) ?? null;
