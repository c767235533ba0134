/** Reads entries of HashiCorp Vault. */

import { z } from 'zod';
import { readAddress } from './address.ts';
import { readSecret, requireVariable } from './env.ts';
import type { ArxEnv } from './env.ts';
import { ConfigError } from '../errors.ts';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;

const answerSchema = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()) }) });

/**
 * Reads the newest data of an entry of HashiCorp Vault's KV v2 by `mount/path` (VAULT_ADDR,
 * VAULT_TOKEN). Throws ConfigError `credentials`, which contains neither the token nor the
 * response.
 */
export async function readVaultEntry(
  { source }: ArxEnv,
  path: string,
): Promise<Record<string, unknown>> {
  const base = requireVariable(source, 'VAULT_ADDR', readAddress);
  const token = requireVariable(source, 'VAULT_TOKEN', readSecret);
  const url = new URL(entryPath(path), base);
  const answer = await request(url, { 'x-vault-token': token.reveal() });
  if (!answer.ok)
    throw vaultError(
      `answered ${answer.status}`,
      REMEDIES[answer.status] ?? 'Check that Vault is running.',
    );
  const parsed = answerSchema.safeParse(parseJson(await bodyOf(answer)));
  if (!parsed.success)
    throw vaultError('did not return a KV v2 entry', 'Check that the mount is KV version 2.');
  return parsed.data.data.data;
}

const REMEDIES: Record<number, string> = {
  403: 'Check VAULT_TOKEN, and that its policy allows reading the entry.',
  404: 'Check the path: first the mount, then the name, without data/.',
};

// Each part is encoded and dots are refused, so that a path cannot leave the mount's data.
function entryPath(path: string): string {
  const [mount, ...rest] = path.split('/');
  const names = rest[0] === 'data' ? rest.slice(1) : rest;
  if (!mount || names.length === 0 || [mount, ...names].some((name) => /^\.*$/.test(name))) {
    throw vaultError('does not accept this path', 'Write mount/name, for example secret/okta.');
  }
  return ['/v1', mount, 'data', ...names]
    .map((part, at) => (at === 0 ? part : encodeURIComponent(part)))
    .join('/');
}

async function request(url: URL, headers: Record<string, string>): Promise<Response> {
  try {
    return await fetch(url, {
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw vaultError('cannot be reached', 'Check VAULT_ADDR, and that Vault is running.');
  }
}

async function bodyOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body ?? []) {
      size += chunk.byteLength;
      if (size > MAX_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    throw vaultError('did not complete its response', 'Try again.');
  }
  return size > MAX_BYTES ? '' : new TextDecoder().decode(Buffer.concat(chunks));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const vaultError = (says: string, remedy: string): ConfigError =>
  new ConfigError('credentials', `Vault ${says}`, remedy, { path: 'credentials.okta.vault' });
