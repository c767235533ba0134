/** The operators of conditions, for rules of enrichment and for policies. */

import { z } from 'zod';
import { word } from './fields.ts';

const SCALAR = 'text, a number, true or false';
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: SCALAR });
type Given = string | number | boolean | readonly (string | number | boolean)[];

/** The value that an operator takes. `value` comes from the rule; undefined where it has none. */
interface Form {
  expected: string;
  fits: (value: Given | undefined) => boolean;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isDate = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value));

const ONE: Form = {
  expected: SCALAR,
  fits: (value) => value !== undefined && !Array.isArray(value),
};
const ORDERED: Form = {
  expected: 'a number, or a date such as 2026-01-31 or 2026-01-31T08:00:00Z',
  fits: (value) => typeof value === 'number' || isDate(value),
};
const MANY: Form = {
  expected: 'a list of values that is not empty',
  fits: (value) => Array.isArray(value) && value.length > 0,
};
const TEXT: Form = { expected: 'text that is not empty', fits: isText };
const NOTHING: Form = {
  expected: 'no value',
  fits: (value) => value === undefined || value === true,
};
const DAYS: Form = {
  expected: 'a number of days, 0 or more',
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 36_500,
};

/** Every operator with the value it takes; the signs mean the same as the words. */
const OPERATORS: Readonly<Record<string, Form>> = {
  eq: ONE,
  ne: ONE,
  gt: ORDERED,
  ge: ORDERED,
  lt: ORDERED,
  le: ORDERED,
  '==': ONE,
  '!=': ONE,
  '>': ORDERED,
  '>=': ORDERED,
  '<': ORDERED,
  '<=': ORDERED,
  contains: ONE,
  not_contains: ONE,
  in: MANY,
  not_in: MANY,
  exists: NOTHING,
  missing: NOTHING,
  starts_with: TEXT,
  ends_with: TEXT,
  older_than_days: DAYS,
};

/** Operator and value of a condition, for `z.strictObject`. */
export const comparison = {
  operator: word(Object.keys(OPERATORS) as [string, ...string[]]).describe(
    'Comparison operator; see enrichment.md',
  ),
  value: z
    .union([scalar, z.array(scalar)], { error: 'a value, or a list of values' })
    .optional()
    .describe('Value to compare with; its form depends on the operator'),
};

/** Adds an issue if the value does not have the form that its operator takes. */
export function checkComparison(
  { operator, value }: { operator: string; value?: Given | undefined },
  context: z.RefinementCtx,
): void {
  const form = OPERATORS[operator];
  if (form && !form.fits(value)) {
    context.addIssue({
      code: 'custom',
      path: ['value'],
      message: `${form.expected} (for ${operator})`,
    });
  }
}
