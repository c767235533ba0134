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
  /** A credential was refused, which determines the exit code. */
  refused?: boolean;
  /** Code of the error that made the check fail. */
  code?: string;
}

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

/** The message, with what the vendor said or its code. */
function withVendorWords(message: string, thrown: unknown): string {
  const { vendorMessage, fields } = Object(thrown) as {
    vendorMessage?: unknown;
    fields?: { vendorCode?: unknown };
  };
  const words = [vendorMessage, fields?.vendorCode].find((one) => typeof one === 'string');
  return words === undefined ? message : `${message} (${words})`;
}

/**
 * Runs one check. Anything it throws becomes a failed check, so that the other checks still run.
 */
export async function attempt(
  name: string,
  task: () => Promise<string | CheckResult> | string | CheckResult,
  remedies: Record<string, string> = {},
): Promise<CheckResult> {
  try {
    const answer = await task();
    return typeof answer === 'string' ? pass(name, answer) : answer;
  } catch (thrown) {
    const { code, message, remedy, exit } = toCliError(thrown);
    return {
      name,
      ok: false,
      detail: withVendorWords(message, thrown),
      remedy: remedies[code] ?? (remedy.includes('arx doctor') ? AFTER_DOCTOR : remedy),
      code,
      ...(exit === 4 ? { refused: true } : {}),
    };
  }
}
