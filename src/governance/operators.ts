/** Operators that compare a field with the value of a rule. */

/** JSON values. */
export type Value =
  null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
type Scalar = null | boolean | number | string;

/** Names of the operators. Each sign means the same as its word. */
export const OPERATOR_NAMES = [
  'eq',
  'ne',
  'gt',
  'ge',
  'lt',
  'le',
  '==',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'contains',
  'not_contains',
  'in',
  'not_in',
  'exists',
  'missing',
  'starts_with',
  'ends_with',
  'older_than_days',
] as const;

/** The other input of an operator: the value of the rule, and the time in epoch milliseconds. */
interface Operand {
  value: Value;
  now: number;
}
type Test = (actual: Exclude<Value, null>, given: Operand) => boolean;

const DAY_MS = 86_400_000;
const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
const isScalar = (value: Value): value is Scalar => value === null || typeof value !== 'object';

/** Numbers unchanged, times as milliseconds; null for values without an order. */
function ordinal(value: Value): { kind: 'number' | 'time'; at: number } | null {
  if (typeof value === 'number') return { kind: 'number', at: value };
  if (typeof value !== 'string' || !ISO.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : { kind: 'time', at };
}

/** Compares two numbers or two times. Other values have no order and do not match. */
const comparison =
  (holds: (difference: number) => boolean): Test =>
  (actual, { value }) => {
    const [one, other] = [ordinal(actual), ordinal(value)];
    return one !== null && one.kind === other?.kind && holds(one.at - other.at);
  };

const equal: Test = (actual, { value }) => actual === value;
const contains: Test = (actual, { value }) => {
  if (isList(actual)) return actual.includes(value);
  return typeof actual === 'string' && typeof value === 'string' && actual.includes(value);
};
const isIn: Test = (actual, { value }) => {
  if (!isList(value)) return false;
  return isList(actual) ? actual.some((item) => value.includes(item)) : value.includes(actual);
};
const older: Test = (actual, { value, now }) => {
  const then = ordinal(actual);
  return then?.kind === 'time' && typeof value === 'number' && now - then.at > value * DAY_MS;
};
const text =
  (holds: (actual: string, wanted: string) => boolean): Test =>
  (actual, { value }) =>
    typeof actual === 'string' && typeof value === 'string' && holds(actual, value);

/** The negation of a test, for fields to which the operator applies. Other fields do not match. */
const unless =
  (test: Test, applies: (actual: Value) => boolean): Test =>
  (actual, given) =>
    applies(actual) && !test(actual, given);

const words = {
  eq: equal,
  ne: unless(equal, isScalar),
  gt: comparison((difference) => difference > 0),
  ge: comparison((difference) => difference >= 0),
  lt: comparison((difference) => difference < 0),
  le: comparison((difference) => difference <= 0),
  contains,
  not_contains: unless(contains, (actual) => isList(actual) || typeof actual === 'string'),
  in: isIn,
  not_in: unless(isIn, (actual) => isList(actual) || isScalar(actual)),
  exists: () => true,
  missing: () => false,
  starts_with: text((actual, wanted) => actual.startsWith(wanted)),
  ends_with: text((actual, wanted) => actual.endsWith(wanted)),
  older_than_days: older,
} satisfies Record<string, Test>;

type OperatorName = (typeof OPERATOR_NAMES)[number];

/** The operators, for fields that are present. */
const TESTS: Record<OperatorName, Test> = {
  ...words,
  '==': words.eq,
  '!=': words.ne,
  '>': words.gt,
  '>=': words.ge,
  '<': words.lt,
  '<=': words.le,
};

/** Whether a field satisfies a rule. An absent field, or null, matches only `missing`. */
export function holds(operator: string, actual: Value | undefined, given: Operand): boolean {
  if (actual === undefined || actual === null) return operator === 'missing';
  return isOperator(operator) && TESTS[operator](actual, given);
}

const isOperator = (name: string): name is OperatorName => Object.hasOwn(TESTS, name);
