/** Values as they stand in JSON. */
export type Value =
  null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
type Scalar = null | boolean | number | string;

/** Words of a rule: how a field is compared. The signs mean the same as the words beside them. */
export const OPERATOR_NAMES = [
  ...['eq', 'ne', 'gt', 'ge', 'lt', 'le', '==', '!=', '>', '>=', '<', '<='],
  ...[
    'contains',
    'not_contains',
    'in',
    'not_in',
    'exists',
    'missing',
    'starts_with',
    'ends_with',
    'older_than_days',
  ],
] as const;

/**
 * What an operator is told besides the field: the value of the rule, and the time, epoch
 * milliseconds.
 */
interface With {
  value: Value;
  now: number;
}
type Test = (actual: Exclude<Value, null>, given: With) => boolean;

const DAY_MS = 86_400_000;
const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
const isScalar = (value: Value): value is Scalar => value === null || typeof value !== 'object';

/** Numbers as they are, points in time as milliseconds; null for everything that has no order. */
function ordinal(value: Value): { kind: 'number' | 'time'; at: number } | null {
  if (typeof value === 'number') return { kind: 'number', at: value };
  if (typeof value !== 'string' || !ISO.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : { kind: 'time', at };
}

/** Compares two numbers or two points in time; whatever else has no order and does not match. */
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

/**
 * The negation where the field is one that the operator can be asked about; of anything else
 * nothing is said.
 */
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

/** Every operator for a field that is there. */
const TESTS: Record<OperatorName, Test> = {
  ...words,
  '==': words.eq,
  '!=': words.ne,
  '>': words.gt,
  '>=': words.ge,
  '<': words.lt,
  '<=': words.le,
};

/**
 * Whether a field holds against a rule. What is not there, or null, matches `missing` and nothing
 * else.
 */
export function holds(operator: string, actual: Value | undefined, given: With): boolean {
  if (actual === undefined || actual === null) return operator === 'missing';
  return Object.hasOwn(TESTS, operator) && TESTS[operator as OperatorName](actual, given);
}
