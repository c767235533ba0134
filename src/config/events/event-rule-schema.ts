import { z } from 'zod';
import { list, positiveDuration, text, whole, word } from '../schema/fields.ts';
import { RISK_WORDS } from '../schema/words.ts';

/** The fields of a System Log entry that a rule may check. */
const EVENT_FIELDS = [
  'uuid',
  'eventType',
  'severity',
  'outcome',
  'reason',
  'actor.id',
  'actor.type',
  'actor.login',
  'targets.id',
  'targets.type',
  'targets.login',
  'ipAddress',
  'country',
  'isProxy',
  'behaviors',
  'apps',
  'idps',
] as const;

/** The tactics of MITRE ATT&CK (Enterprise). */
const TACTICS = [
  'Reconnaissance',
  'Resource Development',
  'Initial Access',
  'Execution',
  'Persistence',
  'Privilege Escalation',
  'Defense Evasion',
  'Credential Access',
  'Discovery',
  'Lateral Movement',
  'Collection',
  'Command and Control',
  'Exfiltration',
  'Impact',
] as const;

const OPERATORS = [
  'eq',
  'ne',
  'in',
  'not_in',
  'contains',
  'not_contains',
  'starts_with',
  'exists',
  'missing',
] as const;
const SETTINGS = ['twin.expected_idps', 'twin.privileged_groups'] as const;
const GROUPINGS = ['actor', 'target', 'person', 'ip'] as const;
type Operator = (typeof OPERATORS)[number];

const A_SCALAR = 'text, a number, true, false or null';
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: A_SCALAR });
const setting = z.strictObject({ setting: word(SETTINGS) });

/** The value that each operator takes. */
const VALUES: Readonly<Record<Operator, { expected: string; fits: (value: unknown) => boolean }>> =
  {
    eq: { expected: A_SCALAR, fits: isScalar },
    ne: { expected: A_SCALAR, fits: isScalar },
    in: { expected: 'a list of values, or { setting: … }', fits: isListed },
    not_in: { expected: 'a list of values, or { setting: … }', fits: isListed },
    contains: { expected: 'text', fits: isText },
    not_contains: { expected: 'text', fits: isText },
    starts_with: { expected: 'text', fits: isText },
    exists: { expected: 'no value', fits: (value) => value === undefined },
    missing: { expected: 'no value', fits: (value) => value === undefined },
  };

const condition = z
  .strictObject({
    field: word(EVENT_FIELDS),
    operator: word(OPERATORS),
    value: z
      .union([scalar, z.array(scalar), setting], {
        error: 'a value, a list of values, or { setting: … }',
      })
      .optional(),
  })
  .superRefine(({ field, operator, value }, context) => {
    const { expected, fits } = VALUES[operator];
    const refuse = (message: string): void =>
      context.addIssue({ code: 'custom', path: ['value'], message });
    if (!fits(value)) refuse(expected);
    else if (field === 'isProxy' && !(value === undefined || areFlags(value)))
      refuse('true, false or null');
  });

const TYPE = /^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*(\.\*)?$/;
const type = text(
  'an event type such as user.session.start, or a prefix such as user.mfa.*',
  (value) => TYPE.test(value),
);
const types = z.union(
  [type, list(type, 'a list of event types').min(1, { error: 'at least one event type' })],
  {
    error: 'an event type, or a list of them',
  },
);
const grouping = word(GROUPINGS);
const match = {
  type: types,
  when: list(condition, 'a list of conditions ({ field, operator, value })').optional(),
};
const follower = z.strictObject({
  ...match,
  within: positiveDuration.prefault('30m'),
  by: z
    .union([grouping, list(grouping, 'a list').min(1, { error: 'at least one' })], {
      error: `one of ${GROUPINGS.join(', ')}, or a list of them`,
    })
    .prefault('person'),
});

const eventRuleSchema = z.strictObject({
  name: text('a name of at most 128 characters', (value) =>
    /^[^\s\p{Cc}][^\p{Cc}]{0,127}$/u.test(value),
  ),
  description: text('text that is not empty').optional(),
  ...match,
  threshold: z
    .strictObject({ count: whole(2, 10_000), within: positiveDuration, by: grouping })
    .optional(),
  followed_by: follower.optional(),
  not_followed_by: follower.optional(),
  severity: word(RISK_WORDS),
  tactic: word(TACTICS),
  technique: text('an ATT&CK technique such as T1098 or T1098.003', (value) =>
    /^T\d{4}(\.\d{3})?$/.test(value),
  ),
});

/** A rule file: a list of rules. */
export const eventRuleFileSchema = z.array(eventRuleSchema, {
  error: 'a list of rules (- name: …)',
});
export type StatedEventRule = z.output<typeof eventRuleSchema>;

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
function isListed(value: unknown): boolean {
  return Array.isArray(value) || (typeof value === 'object' && value !== null);
}
function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
const areFlags = (value: unknown): boolean =>
  (Array.isArray(value) ? value : [value]).every((one) => one === null || typeof one === 'boolean');
