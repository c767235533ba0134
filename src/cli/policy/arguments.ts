/** Reads the file of `arx policy explain --args`. */

import { Buffer } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { argumentsProblem, NOT_CANONICAL } from '../../services/policies/explain-decision.ts';
import type { ArgumentProblem } from '../../governance/arguments.ts';
import { CONDITION_FIELDS } from '../../governance/conditions.ts';
import type { FieldValues } from '../../governance/conditions.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';

const MAX_BYTES = 64 * 1024;

/**
 * The arguments in a file, after their format was checked; arguments of an unknown operation are
 * not checked. Throws CliError `invalid_argument`, which never repeats a value, because values may
 * be hostile or personal.
 */
export function argumentsIn(file: string, cwd: string, operation: string): object {
  const args = readArguments(file, cwd);
  const problem = argumentsProblem(operation, args);
  if (problem === null) return args;
  throw argumentError(file, problem);
}

/**
 * What a file states about the target, by field of conditions. Throws CliError `invalid_argument`
 * for other keys.
 */
export function factsIn(file: string, cwd: string): FieldValues {
  const stated = readArguments(file, cwd);
  const other = Object.keys(stated).find((key) => !CONDITION_FIELDS.includes(key));
  if (other === undefined) return stated as FieldValues;
  throw argumentError(file, {
    parameter: other,
    expected: `one of the fields ${CONDITION_FIELDS.join(', ')}`,
  });
}

function readArguments(file: string, cwd: string): object {
  const parsed = parse(file, readText(file, cwd));
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed))
    throw argumentError(file, NOT_CANONICAL);
  return parsed;
}

function readText(file: string, cwd: string): string {
  try {
    const text = readUpTo(resolve(cwd, file), MAX_BYTES + 1);
    if (text.length <= MAX_BYTES) return text.toString('utf8');
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? 'unknown';
    throw new CliError({
      code: 'no_file',
      message: `${file} cannot be read (${code}).`,
      remedy: 'Check the path of the file in --args and its permissions.',
      where: { file },
      exit: EXIT.usage,
    });
  }
  throw argumentError(file, NOT_CANONICAL);
}

// Does not rely on the file size: a pipe has none, and a device may not end.
function readUpTo(path: string, bytes: number): Buffer {
  const handle = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    let filled = 0;
    for (let read = -1; read !== 0 && filled < bytes; filled += read) {
      read = readSync(handle, buffer, filled, bytes - filled, null);
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(handle);
  }
}

function parse(file: string, text: string): unknown {
  try {
    // A key __proto__ is never a valid argument.
    return JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw new SyntaxError('__proto__');
      return value;
    });
  } catch {
    throw argumentError(file, NOT_CANONICAL);
  }
}

const argumentError = (file: string, { parameter, expected }: ArgumentProblem): CliError =>
  new CliError({
    code: 'invalid_argument',
    message: `${parameter === null ? 'the arguments do' : `${parameter} does`} not have the required format`,
    remedy: `Write ${parameter ? `as ${parameter} ` : ''}${expected}.`,
    where: { file, ...(parameter ? { path: parameter } : {}) },
    exit: EXIT.usage,
  });
