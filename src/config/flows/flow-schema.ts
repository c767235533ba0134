import { z } from 'zod';
import { flag, list, positiveDuration, someText, text, word } from '../schema/fields.ts';
import { parseDuration } from '../yaml/durations.ts';

/** The products of accounts, as named in issues. */
export const FLOW_PRODUCTS = ['Okta', 'AAD', 'Google Workspace', 'Salesforce.com'] as const;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const inputName = text(
  'a name of letters, digits and underscores',
  (value) => NAME.test(value) && !INHERITED.has(value),
);
const INHERITED: ReadonlySet<string> = new Set(['constructor', 'prototype', '__proto__']);
export const flowName = text('a name of at most 128 characters', (value) =>
  /^[^\s\p{Cc}*](?:[^\p{Cc}]{0,126}[^\s\p{Cc}])?$/u.test(value),
);
const stepId = text('an id of lower-case letters, digits, - and _', (value) =>
  /^[a-z][a-z0-9_-]{0,63}$/.test(value),
);
const operation = text('an operation with its connector, such as okta:users:suspend', (value) =>
  /^[a-z]+:[a-z_]+:[a-z_]+$/.test(value),
);
const A_SCALAR = 'text, a number, true or false';
export const scalar = z.union([z.string(), z.number(), z.boolean()], { error: A_SCALAR });

const input = z.strictObject({
  type: word(['text', 'id', 'email', 'boolean', 'integer']).optional(),
  from: someText.optional(),
  required: flag.optional(),
  default: scalar.optional(),
  description: someText.optional(),
});

const TESTS = ['equals', 'not_equals', 'one_of', 'matches', 'present', 'absent'] as const;
const VALUE_OF: Readonly<
  Record<(typeof TESTS)[number], { expected: string; fits: (value: unknown) => boolean }>
> = {
  equals: { expected: A_SCALAR, fits: isScalar },
  not_equals: { expected: A_SCALAR, fits: isScalar },
  matches: {
    expected: 'a glob such as *Admin*',
    fits: (value) => typeof value === 'string' && value !== '',
  },
  one_of: {
    expected: 'a list of values',
    fits: (value) => Array.isArray(value) && value.length > 0,
  },
  present: { expected: 'no value', fits: (value) => value === undefined },
  absent: { expected: 'no value', fits: (value) => value === undefined },
};
const condition = z
  .strictObject({
    input: someText,
    is: word(TESTS),
    value: z.union([scalar, z.array(scalar)], { error: 'a value, or a list of values' }).optional(),
  })
  .superRefine(({ is, value }, context) => {
    const { expected, fits } = VALUE_OF[is];
    if (!fits(value)) context.addIssue({ code: 'custom', path: ['value'], message: expected });
  });
const conditions = list(condition, 'a list of conditions ({ input, is, value })');

const params = z.record(z.string(), z.json(), { error: 'a mapping of parameters' });
const step = z.strictObject({
  id: stepId,
  operation,
  params: params.optional(),
  when: conditions.optional(),
});
const undoStep = z.strictObject({
  operation,
  params: params.optional(),
  when: conditions.optional(),
});

const within = positiveDuration.refine((value) => (parseDuration(value) ?? 0) <= 900_000, {
  error: 'a time of at most 15m',
});

/** A flow file, which contains one flow. */
export const flowFileSchema = z.strictObject(
  {
    name: flowName,
    enabled: flag.prefault(true),
    description: someText.optional(),
    product: word(FLOW_PRODUCTS).optional(),
    kind: word(['acts', 'routes']).prefault('acts'),
    inputs: z
      .record(inputName, input, { error: 'a mapping of inputs (name: { type: … })' })
      .prefault({}),
    when: conditions.prefault([]),
    steps: list(step, 'a list of steps ({ id, operation, params })').prefault([]),
    verify: list(
      z.strictObject({ step: someText, within: within.prefault('60s') }),
      'a list of { step, within }',
    ).prefault([]),
    undo: z
      .union([z.literal('none'), list(undoStep, 'none, or a list of steps')], {
        error: 'none, or a list of steps ({ operation, params })',
      })
      .optional(),
  },
  { error: 'a flow (name: …, steps: …)' },
);
export type StatedFlow = z.output<typeof flowFileSchema>;

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
