/** The result of one check of `arx doctor`, and how to produce it. */

import { toCliError } from '../kit/errors.ts';

/**
 * One line of the report. `remedy` is null if there is nothing to do; a passed check may also have
 * one, as advice.
 */
export interface CheckResult {
  name: string;
  ok: boolean;
  detail: string;
  remedy: string | null;
  /** Absent: passed or failed, as `ok` says. Neither a warning nor what is not set up is a failure. */
  state?: 'warning' | 'not_set_up';
  /** A credential was refused, which determines the exit code. */
  refused?: boolean;
  /** Code of the error that made the check fail. */
  code?: string;
}

/** What to do about a failure, by arx's code or by the vendor's own code. */
export type Remedies =
  | Readonly<Record<string, string>>
  | ((code: string, vendorCode: string | null) => string | undefined);

const remedyIn = (
  remedies: Remedies,
  code: string,
  vendorCode: string | null,
): string | undefined => {
  if (typeof remedies === 'function') return remedies(code, vendorCode);
  const known = [vendorCode, code].find((key) => key !== null && Object.hasOwn(remedies, key));
  return known === undefined || known === null ? undefined : remedies[known];
};

/** Replaces remedies that advise to run the doctor, because it has just been run. */
const AFTER_DOCTOR = 'Correct what the message names and try again.';

/** A passed check. */
export const pass = (name: string, detail: string): CheckResult => ({
  name,
  ok: true,
  detail,
  remedy: null,
});

/** A failed check, with what to do about it. */
export const fail = (name: string, detail: string, remedy: string): CheckResult => ({
  name,
  ok: false,
  detail,
  remedy,
});

/** The vendor's own code of a refusal; null if there is none. */
function vendorCodeOf(thrown: unknown): string | null {
  const { fields } = Object(thrown) as { fields?: { vendorCode?: unknown } };
  return typeof fields?.vendorCode === 'string' ? fields.vendorCode : null;
}

/** Something that works, but needs attention soon. */
export const warn = (name: string, detail: string, remedy: string): CheckResult => ({
  name,
  ok: true,
  state: 'warning',
  detail,
  remedy,
});

/** Something that nothing in the configuration uses. */
export const notSetUp = (name: string, detail: string): CheckResult => ({
  name,
  ok: true,
  state: 'not_set_up',
  detail,
  remedy: null,
});

/** The message, with what the vendor said or its code. */
function withVendorWords(message: string, thrown: unknown): string {
  const { vendorMessage } = Object(thrown) as { vendorMessage?: unknown };
  const words = [vendorMessage, vendorCodeOf(thrown)].find((one) => typeof one === 'string');
  return words === undefined ? message : `${message} (${words})`;
}

/**
 * Runs one check. Anything it throws becomes a failed check, so that the other checks still run.
 * `remedies` by the vendor's own code take precedence over those by arx's code.
 */
export async function attempt(
  name: string,
  task: () => Promise<string | CheckResult> | string | CheckResult,
  remedies: Remedies = {},
): Promise<CheckResult> {
  try {
    const answer = await task();
    return typeof answer === 'string' ? pass(name, answer) : answer;
  } catch (thrown) {
    const { code, message, remedy, exit } = toCliError(thrown);
    const known = remedyIn(remedies, code, vendorCodeOf(thrown));
    return {
      name,
      ok: false,
      detail: withVendorWords(message, thrown),
      remedy: known ?? (remedy.includes('arx doctor') ? AFTER_DOCTOR : remedy),
      code,
      ...(exit === 4 ? { refused: true } : {}),
    };
  }
}
