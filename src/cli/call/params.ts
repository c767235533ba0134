import { readFileSync, statSync } from 'node:fs';
import type { Json, JsonObject } from '../../audit/types.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
// Leading zeros and more digits than a number keeps would be lost: then it is an id.
const NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/;
const MAX_BYTES = 64 * 1024;

/**
 * The parameters of a call: those of the file, and over them those given one by one. Throws
 * CliError `usage`.
 */
export function paramsOf(given: readonly string[], file: string | undefined): JsonObject {
  const single = given.map(paramOf);
  const twice = single.map(([name]) => name).find((name, at, names) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw usageError(`--param ${twice} is given twice.`, 'Give a list as JSON: --param name=[…].');
  return { ...(file === undefined ? {} : paramsFile(file)), ...Object.fromEntries(single) };
}

function paramOf(text: string): [string, Json] {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(0, at));
  if (!NAME.test(name))
    throw usageError('--param wants name=value.', 'Such as --param userId=00u1a2b3c4d5e6f7g8h9.');
  return [name, valueOf(name, text.slice(at + 1))];
}

/**
 * A value as typed: JSON where it begins as JSON does, a boolean or number where it can be nothing
 * else, else text.
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
    const remedy = `Correct it, or say that it is text by quoting it as JSON: --param '${name}="…"'.`;
    throw usageError(`--param ${name} begins like JSON and is none.`, remedy);
  }
}

/** A file with one JSON object. */
function paramsFile(file: string): JsonObject {
  const value = parseJson(file, readSmall(file));
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as JsonObject;
  throw usageError(`${file} holds no JSON object.`, 'Put one object with the parameters into it.');
}

function readSmall(file: string): string {
  try {
    if (statSync(file).size > MAX_BYTES)
      throw usageError(`${file} has more than 64 KB.`, 'Give fewer parameters.');
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof CliError) throw thrown;
    const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
    throw new CliError({
      code: 'unreadable',
      message: `${file} cannot be read (${code}).`,
      remedy: 'Name a file with one JSON object.',
      exit: EXIT.usage,
    });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw usageError(`${file} is no JSON.`, 'Put one JSON object with the parameters into it.');
  }
}
