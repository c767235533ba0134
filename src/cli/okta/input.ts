/** Reads the domain and token for `arx okta configure`, from options or from the terminal. */

import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readOktaAddress } from '../../config/env/address.ts';
import type { ReadResult } from '../../config/env/address.ts';
import { readOktaToken } from '../../config/env/okta-env.ts';
import type { OktaSettings } from '../../config/env/okta-env.ts';
import type { Secret } from '../../config/env/secret.ts';
import type { ConfigureOptions } from './command.ts';
import { usageError } from '../kit/errors.ts';
import type { Io } from '../kit/io.ts';
import { openPrompt } from '../kit/prompt.ts';
import type { Prompt } from '../kit/prompt.ts';

const MAX_BYTES = 64 * 1024;
const STDIN = '-';

/** Okta settings with a token as credential. */
type TokenSettings = OktaSettings & { credential: { kind: 'ssws'; token: Secret } };

/**
 * Reads the domain and token from the options. Asks for missing values at a terminal, for the token
 * without echo. Throws CliError `usage`, which never contains the token.
 */
export async function readOktaInput(
  io: Io,
  options: ConfigureOptions,
  cwd: string,
): Promise<TokenSettings> {
  const atTerminal = Boolean(io.input().isTTY && io.err.isTTY);
  const { domain, tokenFile } = options;
  const askToken = tokenFile === undefined || (tokenFile === STDIN && atTerminal);
  if (!atTerminal && (domain === undefined || askToken)) throw noTerminalError();
  const prompt = domain === undefined || askToken ? openPrompt(io) : null;
  try {
    const url = valueOrThrow('domain', readOktaAddress(domain ?? (await ask(prompt, DOMAIN))));
    const text = askToken
      ? await ask(prompt, TOKEN)
      : await readToken(io, resolve(cwd, tokenFile), tokenFile);
    const token = valueOrThrow('token', readOktaToken(text));
    return { origin: url.origin, host: url.host, credential: { kind: 'ssws', token } };
  } finally {
    prompt?.close();
  }
}

const DOMAIN = { question: 'Okta domain (such as example.okta.com): ', hidden: false };
const TOKEN = { question: 'API token of a read-only administrator (not shown): ', hidden: true };

const ask = async (prompt: Prompt | null, what: typeof DOMAIN): Promise<string> =>
  ((await prompt?.ask(what)) ?? '').trim();

function valueOrThrow<T>(what: 'domain' | 'token', read: ReadResult<T>): T {
  if (read.ok) return read.value;
  throw usageError(`The ${what} ${read.problem}.`, read.remedy ?? `Correct the ${what}.`);
}

async function readToken(io: Io, file: string, name: string): Promise<string> {
  const text = name === STDIN ? await standardInput(io) : fileText(file);
  const token = text.replace(/\r?\n$/, '');
  if (token !== '') return token;
  throw usageError(
    name === STDIN ? 'Standard input contains no token.' : `${file} contains no token.`,
    'Provide only the token.',
  );
}

function fileText(file: string): string {
  try {
    if (statSync(file).size <= MAX_BYTES) return readFileSync(file, 'utf8');
  } catch (thrown) {
    const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
    throw usageError(
      `${file} cannot be read (${code}).`,
      'Name a file that contains the token with --token-file.',
    );
  }
  throw tooLarge(file);
}

async function standardInput(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const piece of io.input()) {
    const bytes = Buffer.from(piece as Buffer);
    size += bytes.length;
    if (size > MAX_BYTES) throw tooLarge('Standard input');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const tooLarge = (what: string) =>
  usageError(`${what} is too large for a token.`, 'Provide only the token.');

const noTerminalError = () =>
  usageError(
    'The domain and token can be entered only at a terminal, and this is not a terminal.',
    'Use --domain HOST and --token-file FILE (- for standard input).',
  );
