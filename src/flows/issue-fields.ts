import { readDay, readTime, readUsDay } from './days.ts';
import type { FieldForm, FieldRow } from './issue-shape.ts';

/**
 * Thrown within the reading of an event; `readIssue` turns it into its answer. The value is never
 * quoted.
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
// Line breaks and tabs are for descriptions. Halves of surrogate pairs have no canonical form.
const UNFIT = { line: /[\p{Cc}\p{Cs}\u2028\u2029]/u, text: /(?![\t\n\r])[\p{Cc}\p{Cs}]/u } as const;

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
 * A field that may be missing, null or empty: null then. Throws MalformedField with `name` where it
 * is wrong.
 */
export function readField(
  value: unknown,
  { form, max }: Pick<FieldRow, 'form' | 'max'>,
  name: string,
): string | null {
  const { shape, expected, read } = FORMS[form];
  const text = readText(value, { shape, max, name });
  if (text === null) return null;
  const fit = read(text);
  if (fit === null) throw new MalformedField(name, expected);
  return fit;
}

/** The same for a field that must be there. */
export function needField(
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
  if (UNFIT[shape].test(value)) throw new MalformedField(name, 'text without control characters');
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}
