/** Types and values of flow inputs. */

import type { InputValues } from './conditions.ts';
import { own } from './json.ts';
import type { Flow, FlowInput, FlowInputType, Issue } from './types.ts';

/** An input that is missing or invalid; `field` is for example `inputs.group`. */
export interface InputProblem {
  field: string;
  message: string;
}
type Value = string | number | boolean;

/** The `from` of the input for the account itself. */
export const ACCOUNT = 'account';

interface TypeRow {
  expected: string;
  read: (value: unknown) => Value | null;
}

const text =
  (pattern: RegExp) =>
  (value: unknown): string | null =>
    typeof value === 'string' && pattern.test(value.trim()) ? value.trim() : null;

const TYPES: Readonly<Record<FlowInputType, TypeRow>> = {
  text: {
    expected: 'text of at most 4,000 characters',
    read: text(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r]){1,4000}$/u),
  },
  // An id of any product. It becomes part of paths, so it must not contain path separators.
  id: { expected: 'an id', read: text(/^(?!\.{1,2}$)[^\s\p{Cc}\p{Cs}/\\?%]{1,255}$/u) },
  email: {
    expected: 'an e-mail address',
    read: text(/^[^\s@\p{Cc}\p{Cs},;<>]{1,64}@[^\s@\p{Cc}\p{Cs},;<>]{1,255}$/u),
  },
  boolean: { expected: 'true or false', read: (value) => FLAGS.get(value) ?? null },
  integer: { expected: 'a whole number', read: integer },
};

const FLAGS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  ['true', true],
  [false, false],
  ['false', false],
]);

function integer(value: unknown): number | null {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/**
 * Converts a value to an input type (also from text, as on the command line); null if it does not
 * fit.
 */
export const readInput = (type: FlowInputType, value: unknown): Value | null =>
  TYPES[type].read(value);
export const describeInput = (type: FlowInputType): string => TYPES[type].expected;

/** The sources of a flow's inputs. */
interface InputSources {
  flow: Pick<Flow, 'inputs'>;
  issue: Issue;
  /** Given values, from the command line, the request body, or the row of the routing table. */
  given: Readonly<Record<string, unknown>>;
  /** Id of the account after the lookup; before that, the id in the issue is used. */
  account?: string;
}

/**
 * The values of a flow's inputs: the given value, or the issue field that `from` names, or the
 * default. The account comes only from the issue. Problems are invalid values, missing required
 * values, and unknown names.
 */
export function resolveInputs(
  sources: InputSources,
): { ok: true; values: InputValues } | { ok: false; problems: InputProblem[] } {
  const inputs = Object.entries(sources.flow.inputs);
  const unknown = Object.keys(sources.given).filter(
    (name) => !Object.hasOwn(sources.flow.inputs, name),
  );
  const read = inputs.map(([name, input]) => ({ name, ...valueOf(name, input, sources) }));
  const problems = [
    ...unknown.map((name) => problem(name, 'the flow does not have this input')),
    ...read.flatMap(({ name, wrong }) => (wrong === undefined ? [] : [problem(name, wrong)])),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const entries = read.flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ok: true, values: Object.fromEntries(entries) };
}

const problem = (name: string, wrong: string): InputProblem => {
  const field = `inputs.${name
    .replace(/[\p{Cc}\p{Cs}]/gu, '?')
    .slice(0, 100)
    .toWellFormed()}`;
  return { field, message: `${field}: ${wrong}` };
};

function valueOf(
  name: string,
  input: FlowInput,
  sources: InputSources,
): { value?: Value; wrong?: string } {
  const { issue, given, account } = sources;
  const stated = own(given, name);
  if (input.from === ACCOUNT) {
    if (stated !== undefined)
      return { wrong: 'this is the account of the issue; its value cannot be given' };
    return readValue(input, account ?? accountIn(issue));
  }
  if (stated !== undefined && stated !== null) return checkValue(input, stated);
  return readValue(
    input,
    (input.from === undefined ? undefined : own(issue.texts, input.from)) ?? input.default,
  );
}

const accountIn = ({ entity }: Issue): string | undefined =>
  entity.kind === 'account' ? entity.account.id : undefined;

function readValue(input: FlowInput, value: unknown): { value?: Value; wrong?: string } {
  if (value !== undefined) return checkValue(input, value);
  return input.required ? { wrong: `missing: expected ${describeInput(input.type)}` } : {};
}

function checkValue({ type }: FlowInput, value: unknown): { value?: Value; wrong?: string } {
  const read = readInput(type, value);
  return read === null ? { wrong: `expected ${describeInput(type)}` } : { value: read };
}
