/** Conditions of policies over the arguments of a call and the facts about its target. */

import { holds, OPERATOR_NAMES } from './operators.ts';
import type { Value } from './operators.ts';

/** One condition of `when:`. All conditions of a policy must hold. */
export interface PolicyCondition {
  field: string;
  operator: string;
  value?: Value;
}

/**
 * Values of fields that were read, by the name of the field. Null means that there is none; an
 * absent field is unknown.
 */
export type FieldValues = Readonly<Record<string, Value>>;

/** What conditions are evaluated on. `args`: the validated arguments; absent if unknown. */
export interface ConditionInput {
  args?: unknown;
  about?: FieldValues;
  /** Name of the environment in arx.yaml. */
  environment?: string | undefined;
  /** Milliseconds since the epoch, for `older_than_days`. */
  now?: number | undefined;
}

/** The fields that conditions may name, beside `args.NAME`, and what each is about. */
const SUBJECTS: Readonly<Record<string, 'call' | 'user' | 'group' | 'app'>> = {
  environment: 'call',
  'user.id': 'user',
  'user.status': 'user',
  'user.groups': 'user',
  'user.group_ids': 'user',
  is_admin: 'user',
  is_protected: 'user',
  is_own_account: 'user',
  'group.id': 'group',
  'group.name': 'group',
  'group.grants_admin': 'group',
  'app.id': 'app',
  'app.name': 'app',
};

/** The arguments that name the subject of a call. */
const ARGUMENTS = { user: ['userId', 'user'], group: ['groupId'], app: ['appId'] } as const;

/** The fields that conditions may name, beside `args.NAME`. */
export const CONDITION_FIELDS: readonly string[] = Object.keys(SUBJECTS);

/** The arguments of which a call must have one for the field to have a value; null if it needs none. */
export function needsSubject(field: string): readonly string[] | null {
  const subject = Object.hasOwn(SUBJECTS, field) ? SUBJECTS[field] : undefined;
  return subject === undefined || subject === 'call' ? null : ARGUMENTS[subject];
}

const ARGUMENT_FIELD = /^args(?:\.[A-Za-z_][\w-]{0,99}){1,10}$/;

/** Whether conditions may name this field. */
const isConditionField = (field: string): boolean =>
  Object.hasOwn(SUBJECTS, field) || ARGUMENT_FIELD.test(field);

/** Whether a value has the form of a condition with a known field and operator. */
export function isCondition(value: unknown): value is PolicyCondition {
  if (typeof value !== 'object' || value === null) return false;
  const { field, operator } = value as Partial<PolicyCondition>;
  return (
    typeof field === 'string' &&
    isConditionField(field) &&
    OPERATOR_NAMES.some((name) => name === operator)
  );
}

/** The value of a field; null if there is none, undefined if it is unknown. */
export function valueOf(field: string, input: ConditionInput): Value | undefined {
  const { args, about, environment } = input;
  if (about !== undefined && Object.hasOwn(about, field)) return about[field];
  if (field.startsWith('args.')) return args === undefined ? undefined : argumentAt(args, field);
  if (field === 'environment') return environment;
  const subject = Object.hasOwn(SUBJECTS, field) ? SUBJECTS[field] : undefined;
  if (args === undefined || subject === undefined || subject === 'call') return undefined;
  const id = ARGUMENTS[subject].map((name) => ownValue(args, name)).find((one) => one !== null);
  if (id === undefined) return null;
  return field === `${subject}.id` ? id : undefined;
}

function argumentAt(args: unknown, field: string): Value {
  const [, ...path] = field.split('.');
  return path.reduce<Value>((at, name) => ownValue(at, name), args as Value);
}

/** An own value of an object; null if there is none. */
function ownValue(holder: unknown, name: string): Value {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return null;
  return (holder as Readonly<Record<string, Value | undefined>>)[name] ?? null;
}

/**
 * The first condition that does not hold; null if all hold. Pure and total. `unknownHolds` decides
 * about conditions on unknown values: true for a deny, false for a grant.
 */
export const firstUnmet = (
  conditions: readonly PolicyCondition[],
  input: ConditionInput,
  { unknownHolds }: { unknownHolds: boolean },
): PolicyCondition | null =>
  conditions.find((condition) => !(isMet(condition, input) ?? unknownHolds)) ?? null;

/** Whether a condition holds; null if that is unknown. */
export function isMet(condition: PolicyCondition, input: ConditionInput): boolean | null {
  const { field, operator, value = null } = condition;
  const actual = valueOf(field, input);
  if (actual === undefined) return null;
  if (operator === TIMED && input.now === undefined) return null;
  return holds(operator, actual, { value, now: input.now ?? 0 });
}

const TIMED = 'older_than_days';

/** Whether the condition depends on the time. */
export const isTimed = ({ operator }: PolicyCondition): boolean => operator === TIMED;

/** A condition as text: `group.name not_in ["Finance"]`. */
export const conditionText = ({ field, operator, value }: PolicyCondition): string =>
  [field, operator, ...(value === undefined ? [] : [JSON.stringify(value)])].join(' ');
