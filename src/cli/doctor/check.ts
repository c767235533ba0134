import { toCliError } from '../kit/errors.ts';

/**
 * One line of the doctor's answer; `remedy` is null where there is nothing to do, and may stand
 * where all is well but could be more.
 */
export interface CheckResult {
  name: string;
  ok: boolean;
  detail: string;
  remedy: string | null;
  /** A credential was refused: decides the exit code. */
  refused?: boolean;
  /** Code of the error that made it fail. */
  code?: string;
}

/** Whoever reads it has just run the doctor. */
const AFTER_DOCTOR =
  'See what the message names and try again; if it still fails, report it with this output.';

/** Says that all is well. */
export const fine = (name: string, detail: string): CheckResult => ({
  name,
  ok: true,
  detail,
  remedy: null,
});

/** Says what is wrong and what to do. */
export const bad = (name: string, detail: string, remedy: string): CheckResult => ({
  name,
  ok: false,
  detail,
  remedy,
});

/** Tries one thing; whatever it throws becomes its line, so that the others are still tried. */
export async function attempt(
  name: string,
  task: () => Promise<string | CheckResult> | string | CheckResult,
  remedies: Record<string, string> = {},
): Promise<CheckResult> {
  try {
    const answer = await task();
    return typeof answer === 'string' ? fine(name, answer) : answer;
  } catch (thrown) {
    const { code, message, remedy, exit } = toCliError(thrown);
    return {
      name,
      ok: false,
      detail: message,
      remedy: remedies[code] ?? (remedy.includes('arx doctor') ? AFTER_DOCTOR : remedy),
      code,
      ...(exit === 4 ? { refused: true } : {}),
    };
  }
}
