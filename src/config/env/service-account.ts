import { createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { readAddress } from './address.ts';
import type { Read } from './address.ts';
import { Secret } from './secret.ts';

/** A service account of Google Cloud, as its key file has it. */
export interface ServiceAccount {
  clientEmail: string;
  /** PEM of an RSA key. */
  privateKey: Secret;
  /** Id of the key, null where the file names none. */
  keyId: string | null;
  /** Where its tokens come from. */
  tokenUri: string;
}

const MAX_BYTES = 64 * 1024;
const MAKE = 'Make a key of type JSON for the service account, and name its file.';

const keyFile = z.object({
  client_email: z.string().regex(/^[^\s@"']{1,200}@[^\s@"']{1,200}$/u),
  private_key: z.string().max(MAX_BYTES),
  private_key_id: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .optional(),
  token_uri: z.string().max(2_000),
});

/**
 * Reads the key file at a path. What is wrong with it is said without anything of what it holds.
 */
export function readServiceAccount(path: string): Read<ServiceAccount> {
  const text = textOf(path);
  if (text === null)
    return bad(
      'names a file that cannot be read',
      'Check that the file exists, is small, and can be read.',
    );
  const parsed = keyFile.safeParse(jsonOf(text));
  if (!parsed.success) return bad(`names a file ${lacking(parsed.error)}`, MAKE);
  const {
    client_email: clientEmail,
    private_key: key,
    private_key_id: keyId = null,
    token_uri: uri,
  } = parsed.data;
  if (!isRsaKey(key)) return bad('names a file whose private_key is no RSA key in PEM', MAKE);
  const address = readAddress(uri, { path: true });
  if (!address.ok) return bad(`names a file whose token_uri ${address.problem}`, MAKE);
  return {
    ok: true,
    value: { clientEmail, privateKey: new Secret(key), keyId, tokenUri: address.value.href },
  };
}

const bad = (problem: string, remedy: string): Read<never> => ({ ok: false, problem, remedy });

function lacking(error: z.ZodError): string {
  const names = [...new Set(error.issues.map(({ path }) => String(path[0] ?? '')))].filter(Boolean);
  return names.length > 0 ? `without a usable ${names.join(', ')}` : 'that holds no JSON object';
}

function textOf(path: string): string | null {
  try {
    const { size } = statSync(path);
    return size > MAX_BYTES ? null : readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
