/** Reads the arguments of an operation from `--param` and `--params-file`. */

import { readFileSync, statSync } from 'node:fs';
import type { Json, JsonObject } from '../../audit/types.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
// Values with leading zeros or too many digits are ids: as numbers they would lose digits.
const NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/;
const MAX_BYTES = 64 * 1024;

/**
 * The arguments of a call. Those given with --param take precedence over those of the file. Throws
 * CliError `usage`.
 */
export function argsOf(texts: readonly string[], file: string | undefined): JsonObject {
  const fromOptions = texts.map(argOf);
  const twice = fromOptions
    .map(([name]) => name)
    .find((name, at, names) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw usageError(`--param ${twice} is given twice.`, 'Pass a list as JSON: --param name=[…].');
  return { ...(file === undefined ? {} : argsFromFile(file)), ...Object.fromEntries(fromOptions) };
}

function argOf(text: string): [string, Json] {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(0, at));
  if (!NAME.test(name))
    throw usageError(
      '--param needs name=value.',
      'For example --param userId=00u1a2b3c4d5e6f7g8h9.',
    );
  return [name, valueOf(name, text.slice(at + 1))];
}

/**
 * A value as typed: JSON if it starts like JSON, a boolean or number if it can be nothing else,
 * otherwise text.
 */
function valueOf(name: string, text: string): Json {
  if (/^[{[]/.test(text) || /^".*"$/s.test(text)) return jsonOf(name, text);
  if (text === 'true' || text === 'false') return text === 'true';
  return NUMBER.test(text) ? Number(text) : text;
}

function jsonOf(name: string, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const remedy = `Correct it, or quote it as JSON to pass it as text: --param '${name}="…"'.`;
    throw usageError(`--param ${name} starts like JSON but is not valid JSON.`, remedy);
  }
}

/** A file with one JSON object. */
function argsFromFile(file: string): JsonObject {
  const value = parseJson(file, readSmall(file));
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as JsonObject;
  throw usageError(
    `${file} does not contain a JSON object.`,
    'The file must contain one JSON object with the arguments.',
  );
}

function readSmall(file: string): string {
  try {
    if (statSync(file).size > MAX_BYTES)
      throw usageError(`${file} is larger than 64 KB.`, 'Pass fewer arguments.');
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof CliError) throw thrown;
    const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
    throw new CliError({
      code: 'unreadable',
      message: `${file} cannot be read (${code}).`,
      remedy: 'Name a file that contains one JSON object.',
      exit: EXIT.usage,
    });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw usageError(
      `${file} is not valid JSON.`,
      'The file must contain one JSON object with the arguments.',
    );
  }
}
