import { readDay, readTime, readUsDay } from './days.ts';
import type { FieldForm, FieldRow } from './issue-shape.ts';

/**
 * Thrown while an event is parsed; `readIssue` converts it to its result. It never quotes the
 * value.
 */
export class MalformedField extends Error {
  override readonly name = 'MalformedField';
  readonly field: string;
  constructor(field: string, expected: string) {
    super(`${field}: expected ${expected}`);
    this.field = field;
  }
}

type Shape = 'line' | 'text';
// Only descriptions may contain line breaks and tabs. Lone surrogates have no canonical form.
const FORBIDDEN = {
  line: /[\p{Cc}\p{Cs}\u2028\u2029]/u,
  text: /(?![\t\n\r])[\p{Cc}\p{Cs}]/u,
} as const;

const FORMS: Readonly<
  Record<FieldForm, { shape: Shape; expected: string; read: (text: string) => string | null }>
> = {
  line: { shape: 'line', expected: 'text', read: (text) => text },
  text: { shape: 'text', expected: 'text', read: (text) => text },
  time: { shape: 'line', expected: 'a time such as 2024-06-09T14:56:58Z', read: readTime },
  day: {
    shape: 'line',
    expected: 'a date as YYYY-MM-DD',
    read: (text) => readDay(text) ?? dayOfTime(text),
  },
  us_day: { shape: 'line', expected: 'a date as MM/DD/YYYY', read: readUsDay },
};

const dayOfTime = (text: string): string | null => readTime(text) && text.slice(0, 10);

/**
 * Reads an optional field; null if it is missing, null or empty. Throws MalformedField with `name`
 * if it is invalid.
 */
export function readField(
  value: unknown,
  { form, max }: Pick<FieldRow, 'form' | 'max'>,
  name: string,
): string | null {
  const { shape, expected, read } = FORMS[form];
  const text = readText(value, { shape, max, name });
  if (text === null) return null;
  const parsed = read(text);
  if (parsed === null) throw new MalformedField(name, expected);
  return parsed;
}

/** Reads a required field. */
export function requireField(
  value: unknown,
  row: Pick<FieldRow, 'form' | 'max'>,
  name: string,
): string {
  const found = readField(value, row, name);
  if (found === null)
    throw new MalformedField(name, `${FORMS[row.form].expected}; it is missing or empty`);
  return found;
}

function readText(
  value: unknown,
  { shape, max, name }: { shape: Shape; max: number; name: string },
): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new MalformedField(name, 'text');
  if (value.length > max) throw new MalformedField(name, `at most ${max} characters`);
  if (FORBIDDEN[shape].test(value))
    throw new MalformedField(name, 'text without control characters');
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}
