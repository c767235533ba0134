/** Reads the event and the inputs of `arx flows run`. */

import { readFileSync, statSync } from 'node:fs';
import type { Io } from '../kit/io.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ConfigPlace } from '../../config/errors.ts';

const MOST_BYTES = 1024 * 1024;
const REMEDY =
  'Provide the event as Okta ISPM sends it: one JSON object of type issue.onDemand or issue.created.';

/**
 * Reads the event from a file, or from standard input for `-`, as parsed JSON. Throws CliError
 * `unreadable` and `malformed`.
 */
export async function readEvent(io: Io, file: string): Promise<unknown> {
  const shown = file === '-' ? 'standard input' : file;
  const text = (file === '-' ? await readStandardInput(io) : readLimitedFile(file)).replace(
    /^\uFEFF/u,
    '',
  );
  if (text.trim() === '') throw eventError(`${shown} is empty.`, { file: shown });
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw eventError(`${shown} is not valid JSON.`, {
      file: shown,
      ...placeOfError(text, (thrown as Error).message),
    });
  }
}

/** An event that cannot be processed: exit code 2. */
const eventError = (message: string, where: ConfigPlace): CliError =>
  new CliError({ code: 'malformed', message, remedy: REMEDY, where, exit: EXIT.usage });

/** Adds the file name to a refusal of the event. */
export function addFile(thrown: unknown, file: string): unknown {
  const { name, code, field = '', message, remedy } = thrown as Record<string, string | undefined>;
  if (name !== 'FlowRefusal' || code !== 'malformed' || /^inputs\b/.test(field)) return thrown;
  const where = {
    file: file === '-' ? 'standard input' : file,
    ...(field === '' ? {} : { path: field }),
  };
  return new CliError({
    code,
    message: message ?? '',
    remedy: remedy ?? REMEDY,
    where,
    exit: EXIT.usage,
  });
}

/** The values of `--input name=value`, as text. Throws CliError `usage`. */
export function parseInputs(given: readonly string[]): Record<string, string> {
  const pairs = given.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1)
      throw usageError(
        '--input needs name=value.',
        'For example --input group=00g1a2b3c4d5e6f7g8h9.',
      );
    return [text.slice(0, at), text.slice(at + 1)];
  });
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw usageError(`--input ${twice} is given twice.`, 'Pass each input once.');
  return Object.fromEntries(pairs);
}

function readLimitedFile(file: string): string {
  try {
    if (statSync(file).size > MOST_BYTES) throw tooLarge(file);
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof CliError) throw thrown;
    const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
    const message = `${file} cannot be read (${code}).`;
    const remedy = 'Name a file that contains the event as JSON, or - for standard input.';
    throw new CliError({ code: 'unreadable', message, remedy, where: { file }, exit: EXIT.usage });
  }
}

async function readStandardInput(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const piece of io.input()) {
    const bytes = Buffer.from(piece as Uint8Array | string);
    size += bytes.length;
    if (size > MOST_BYTES) throw tooLarge('standard input');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const tooLarge = (file: string): CliError => eventError(`${file} is larger than 1 MB.`, { file });

/**
 * Line and column of a parse error, if the parser reports them. Its message is not shown, because
 * it may quote personal data.
 */
function placeOfError(text: string, message: string): ConfigPlace {
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  const isCut = message.includes('end of JSON input');
  if (position === undefined && !isCut) return {};
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
