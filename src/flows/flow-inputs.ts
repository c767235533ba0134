import type { InputValues } from './conditions.ts';
import { own } from './plain.ts';
import type { Flow, FlowInput, FlowInputType, Issue } from './types.ts';

/** An input that is missing or wrong; `field` is `inputs.group`. */
export interface InputProblem {
  field: string;
  message: string;
}
type Value = string | number | boolean;

/** `from` of the input that is the account itself. */
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
  // What some product calls an id; it goes into paths, so nothing that would name another one.
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
 * A value as an input of that type takes it (also from text, as a command line gives it); null
 * where it does not fit.
 */
export const readInput = (type: FlowInputType, value: unknown): Value | null =>
  TYPES[type].read(value);
export const describeInput = (type: FlowInputType): string => TYPES[type].expected;

/** What the inputs of a flow are filled from. */
export interface InputSources {
  flow: Pick<Flow, 'inputs'>;
  issue: Issue;
  /** From the command line, the body of the request, or the row of the routing table. */
  given: Readonly<Record<string, unknown>>;
  /** Id of the account once it has been looked up; until then, the one in the issue. */
  account?: string;
}

/**
 * The values of a flow's inputs: what was given, else the issue's field that `from` names, else the
 * default. The account comes from the issue alone. Problems: values that do not fit, required ones
 * that are missing, names the flow has not.
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
    ...unknown.map((name) => problem(name, 'the flow has no such input')),
    ...read.flatMap(({ name, wrong }) => (wrong === undefined ? [] : [problem(name, wrong)])),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const entries = read.flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ok: true, values: Object.fromEntries(entries) };
}

const problem = (name: string, wrong: string): InputProblem => {
  const field = `inputs.${name.replace(/[\p{Cc}\p{Cs}]/gu, '?').slice(0, 100)}`;
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
      return { wrong: 'it is the account of the issue and cannot be given' };
    return readValue(input, account ?? accountIn(issue));
  }
  if (stated !== undefined && stated !== null) return fitting(input, stated);
  return readValue(
    input,
    (input.from === undefined ? undefined : own(issue.texts, input.from)) ?? input.default,
  );
}

const accountIn = ({ entity }: Issue): string | undefined =>
  entity.kind === 'account' ? entity.account.id : undefined;

function readValue(input: FlowInput, value: unknown): { value?: Value; wrong?: string } {
  if (value !== undefined) return fitting(input, value);
  return input.required ? { wrong: `missing: expected ${describeInput(input.type)}` } : {};
}

function fitting({ type }: FlowInput, value: unknown): { value?: Value; wrong?: string } {
  const read = readInput(type, value);
  return read === null ? { wrong: `expected ${describeInput(type)}` } : { value: read };
}
