import { ApplicationFailure } from '@temporalio/workflow';
import { MOST_HOURS_BACK } from '../../mfa/scan-plan.ts';

/** Whether a value is allowed in a field of a workflow's input. */
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value.length <= 4_000;

const isHours: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_HOURS_BACK;

/** The forms of input fields, each with the words for its error message. */
export const FORMS = {
  text: { test: isText, expected: 'text of at most 4,000 characters' },
  flag: { test: (value: unknown) => typeof value === 'boolean', expected: 'true or false' },
  texts: {
    test: (value: unknown) => Array.isArray(value) && value.every(isText),
    expected: 'a list of texts of at most 4,000 characters each',
  },
  hours: { test: isHours, expected: 'a whole number of hours from 1 to 2160' },
  mode: {
    test: (value: unknown) => value === 'full' || value === 'delta',
    expected: 'full or delta',
  },
  object: { test: (value: unknown) => isObject(value), expected: 'an object' },
} as const;

type Fields = Readonly<Record<string, { test: Check; expected: string }>>;

/**
 * Validates the input of a workflow; no input is `{}`. An invalid field fails the workflow with a
 * message that names the field. Without this check, its tasks would fail for ever, or the field would
 * be ignored.
 */
export function parseInput<Input extends object>(input: unknown, fields: Fields): Input {
  const given = input ?? {};
  if (!isObject(given))
    throw wrong(`the input must be one JSON object with ${fieldNames(fields)}, or {}`);
  for (const [name, value] of Object.entries(given)) {
    const form = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!form)
      throw wrong(
        `the input has an unknown field${fieldText(name)}; known are ${fieldNames(fields)}`,
      );
    if (value !== undefined && value !== null && !form.test(value))
      throw wrong(`${name} must be ${form.expected}`);
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as Input;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldNames(fields: Fields): string {
  return Object.keys(fields)
    .filter((name) => name !== 'resume')
    .join(', ');
}

/** A field's name, unless it could be something else, such as personal data. */
function fieldText(name: string): string {
  return /^[A-Za-z_]{1,40}$/.test(name) ? `, ${name}` : '';
}

function wrong(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'invalid_argument');
}
