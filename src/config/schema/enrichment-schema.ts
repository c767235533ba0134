import { z } from 'zod';
import { parseDuration } from '../yaml/durations.ts';
import { list, positiveDuration, text, whole, word } from './fields.ts';

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

const PATH = /^[\p{L}_][\p{L}\p{N}_-]*(\.[\p{L}\p{N}_-]+){0,9}$/u;
const verdict = word(['Pending', 'Benign', 'Suspicious', 'Malicious']);

const rule = z
  .strictObject({
    field: text('a dot path such as status or recent_activity.failed_sign_ins', (value) =>
      PATH.test(value),
    ).describe('Dot path into the extracted fields, else into the data as it was read'),
    operator: word(Object.keys(OPERATORS) as [string, ...string[]]).describe(
      'Comparison operator; see enrichment.md',
    ),
    value: z
      .union([scalar, z.array(scalar)], { error: 'a value, or a list of values' })
      .optional()
      .describe('Value to compare with; its form depends on the operator'),
    verdict: verdict.describe('Verdict if the rule matches'),
  })
  .superRefine(({ operator, value }, context) => {
    const form = OPERATORS[operator];
    if (form && !form.fits(value)) {
      context.addIssue({
        code: 'custom',
        path: ['value'],
        message: `${form.expected} (for ${operator})`,
      });
    }
  });

const TTL = 'a duration such as 1h, or one per type: { account: 1h }';
const ttl = z.union(
  [
    positiveDuration,
    z.strictObject({ account: positiveDuration.describe('Duration for accounts') }),
  ],
  {
    error: TTL,
  },
);

/** The section `enrichment` of arx.yaml. */
export const enrichment = z
  .strictObject({
    cache_ttl: ttl
      .prefault('1h')
      .describe('How long results are cached: one duration, or one per type'),
    negative_ttl: positiveDuration
      .prefault('5m')
      .describe('How long the results "not found" and "ambiguous" are cached'),
    activity_window: positiveDuration
      .refine((value) => (parseDuration(value) ?? 0) <= 90 * 86_400_000, {
        error: 'a duration of 90 days at most',
      })
      .prefault('24h')
      .describe('How far back the System Log is read for recent activity'),
    requests_per_minute: whole(1, 1_000_000)
      .prefault(30_000)
      .describe(
        'Accounts per minute that one access key may request from the HTTP server; further requests get 429',
      ),
    malice_rules: z
      .strictObject({
        conditions: list(rule, 'a list of rules')
          .optional()
          .describe('Rules; the first one that matches decides'),
        rules: list(rule, 'a list of rules')
          .optional()
          .describe('Another name for conditions; use one of the two'),
        default_verdict: verdict.optional().describe('Verdict if no rule matches'),
        not_found_verdict: verdict.optional().describe('Verdict if the account does not exist'),
      })
      .prefault({})
      .describe('Rules for verdicts on accounts; without rules there are no verdicts'),
  })
  .prefault({})
  .describe('Account enrichment');
