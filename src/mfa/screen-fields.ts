/** Values for fields on the screens of Jira: from the configuration to what Jira's metadata asks for. */

/** A field of a screen, as Jira's metadata describes it. */
export interface ScreenField {
  /** Jira's id, such as `duedate` or `customfield_10202`. */
  id: string;
  name: string;
  required: boolean;
  /** Jira fills it in if a request leaves it out. */
  hasDefault: boolean;
  /** Jira's type, such as `string`, `option` or `array`; empty if it is unknown. */
  type: string;
  /** Type of the entries of an `array`, otherwise null. */
  items: string | null;
  /** Whether its text is a document, not one line. */
  isDocument: boolean;
  /** The allowed values; empty if any value is allowed. */
  allowed: readonly AllowedValue[];
}

export interface AllowedValue {
  /** Null if Jira names none. */
  id: string | null;
  name: string;
  /** The values of the second list of a cascading field. */
  children: readonly AllowedValue[];
}

/** A value in the configuration. */
export type FieldValue = string | number | readonly (string | number)[];

/** Fields by id, from the configuration. */
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** A value in the form in which the connector sends it. */
export type FieldInput =
  | { kind: 'text'; text: string }
  | { kind: 'document'; text: string }
  | { kind: 'number'; number: number }
  | { kind: 'choice'; id: string; child?: string }
  | { kind: 'named'; name: string }
  | { kind: 'user'; accountId: string }
  | { kind: 'list'; items: readonly FieldInput[] };

/** Account ids of Jira users by e-mail address; null: Jira knows no such user. */
export type Accounts = ReadonlyMap<string, string | null>;

/** A value for Jira, or why there is none. The problem never repeats the configured value. */
export type EncodedField = { ok: true; input: FieldInput } | { ok: false; problem: string };

type Encoder = (field: ScreenField, value: string | number, accounts: Accounts) => EncodedField;

const accept = (input: FieldInput): EncodedField => ({ ok: true, input });
const refuse = (problem: string): EncodedField => ({ ok: false, problem });

const ENCODERS: Readonly<Record<string, Encoder>> = {
  string: (field, value) =>
    accept({ kind: field.isDocument ? 'document' : 'text', text: String(value) }),
  any: (_field, value) =>
    accept(
      typeof value === 'number' ? { kind: 'number', number: value } : { kind: 'text', text: value },
    ),
  number: (_field, value) => encodeNumber(value),
  date: (_field, value) =>
    isDate(String(value)) ? text(value) : refuse('it takes a date such as 2026-01-31'),
  datetime: (_field, value) =>
    Number.isNaN(Date.parse(String(value)))
      ? refuse('it takes a time such as 2026-01-31T08:00:00.000+0000')
      : text(value),
  group: (_field, value) => accept({ kind: 'named', name: String(value) }),
  user: (_field, value, accounts) => encodeUser(String(value), accounts),
  option: encodeChoice,
  priority: encodeChoice,
  resolution: encodeChoice,
  securitylevel: encodeChoice,
  version: encodeChoice,
  component: encodeChoice,
};

const text = (value: string | number): EncodedField =>
  accept({ kind: 'text', text: String(value) });

/** Encodes a value for a field. `accounts` contains the addresses that `addressesIn` names. */
export function encodeField(
  field: ScreenField,
  value: FieldValue,
  accounts: Accounts,
): EncodedField {
  const values = typeof value === 'object' ? value : [value];
  if (field.type === 'option-with-child') return encodeCascade(field, values.map(String));
  if (field.type === 'array') return encodeList(field, values, accounts);
  const encode = encoderOf(field.type);
  if (encode === null) return refuse(cannotFill(field.type));
  const [only] = values;
  return only === undefined || values.length > 1
    ? refuse('it takes one value, not a list')
    : encode(field, only, accounts);
}

function encodeList(
  field: ScreenField,
  values: readonly (string | number)[],
  accounts: Accounts,
): EncodedField {
  const encode = encoderOf(field.items ?? '');
  if (encode === null) return refuse(cannotFill(`list of ${field.items ?? 'unknown values'}`));
  const items: FieldInput[] = [];
  for (const value of values) {
    const one = encode({ ...field, isDocument: false }, value, accounts);
    if (!one.ok) return one;
    items.push(one.input);
  }
  return accept({ kind: 'list', items });
}

const encoderOf = (type: string): Encoder | null =>
  Object.hasOwn(ENCODERS, type) ? (ENCODERS[type] ?? null) : null;

const cannotFill = (type: string): string =>
  `arx cannot fill in a field of type ${type || 'unknown'}`;

function encodeNumber(value: string | number): EncodedField {
  const number = typeof value === 'number' ? value : Number(value.trim() || Number.NaN);
  return Number.isFinite(number) ? accept({ kind: 'number', number }) : refuse('it takes a number');
}

function encodeChoice(field: ScreenField, value: string | number): EncodedField {
  if (field.allowed.length === 0) return accept({ kind: 'named', name: String(value) });
  const found = valueNamed(field.allowed, String(value));
  return found === null ? refuse(`it takes ${listOf(field.allowed)}`) : choice(found);
}

const choice = ({ id, name }: AllowedValue): EncodedField =>
  accept(id === null ? { kind: 'named', name } : { kind: 'choice', id });

function encodeCascade(field: ScreenField, [first = '', second]: readonly string[]): EncodedField {
  const parent = valueNamed(field.allowed, first);
  if (parent?.id === undefined || parent.id === null)
    return refuse(`it takes ${listOf(field.allowed)}`);
  if (second === undefined) return choice(parent);
  const child = valueNamed(parent.children, second);
  return child?.id === undefined || child.id === null
    ? refuse(`its second value is ${listOf(parent.children)}`)
    : accept({ kind: 'choice', id: parent.id, child: child.id });
}

/** By name, or else by id. */
function valueNamed(allowed: readonly AllowedValue[], wanted: string): AllowedValue | null {
  const plain = (name: string): string => name.trim().toLocaleLowerCase('en');
  return (
    allowed.find(({ name }) => plain(name) === plain(wanted)) ??
    allowed.find(({ id }) => id === wanted.trim()) ??
    null
  );
}

function encodeUser(value: string, accounts: Accounts): EncodedField {
  if (!isAddress(value)) return accept({ kind: 'user', accountId: value });
  const accountId = accounts.get(value) ?? null;
  return accountId === null
    ? refuse('no active Jira user with this address is visible to the account of the token')
    : accept({ kind: 'user', accountId });
}

const MOST_LISTED = 15;

/** The first allowed values, for messages. */
export function listOf(allowed: readonly AllowedValue[]): string {
  if (allowed.length === 0) return 'none of the offered values';
  const names = allowed.slice(0, MOST_LISTED).map(({ name }) => name);
  const more = allowed.length - names.length;
  const last = more > 0 ? `, or one of ${more} others` : '';
  return `one of ${names.join(', ')}${last}`;
}

/** Whether a text is an e-mail address, which a user field looks up. */
export const isAddress = (value: string): boolean => /^[^\s@]+@[^\s@]+$/.test(value);

const isDate = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));

/** The addresses that must be looked up to fill in these values. */
export function addressesIn(fields: readonly ScreenField[], values: FieldValues): string[] {
  const found = fields
    .filter(({ type, items }) => type === 'user' || items === 'user')
    .flatMap(({ id }) => (Object.hasOwn(values, id) ? [values[id]].flat() : []))
    .filter((value): value is string => typeof value === 'string' && isAddress(value));
  return [...new Set(found)];
}
