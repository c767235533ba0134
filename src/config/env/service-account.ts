import { createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { readAddress } from './address.ts';
import type { ReadResult } from './address.ts';
import { Secret } from './secret.ts';

/** A Google Cloud service account, as read from its key file. */
export interface ServiceAccount {
  clientEmail: string;
  /** PEM of an RSA key. */
  privateKey: Secret;
  /** Id of the key; null if the file contains none. */
  keyId: string | null;
  /** URL that issues its tokens. */
  tokenUri: string;
}

const MAX_BYTES = 64 * 1024;
const CREATE_KEY =
  'Create a key of type JSON for the service account, and set the path of its file.';

const keyFile = z.object({
  client_email: z.string().regex(/^[^\s@"']{1,200}@[^\s@"']{1,200}$/u),
  private_key: z.string().max(MAX_BYTES),
  private_key_id: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .optional(),
  token_uri: z.string().max(2_000),
});

/** Reads the key file at a path. Errors do not quote its content. */
export function readServiceAccount(path: string): ReadResult<ServiceAccount> {
  const text = textOf(path);
  if (text === null)
    return bad(
      'names a file that cannot be read',
      'Check that the file exists, is readable, and has at most 64 KB.',
    );
  const parsed = keyFile.safeParse(jsonOf(text));
  if (!parsed.success)
    return bad(`names a file ${describeMissingFields(parsed.error)}`, CREATE_KEY);
  const {
    client_email: clientEmail,
    private_key: key,
    private_key_id: keyId = null,
    token_uri: uri,
  } = parsed.data;
  if (!isRsaKey(key))
    return bad('names a file whose private_key is not an RSA key in PEM', CREATE_KEY);
  const address = readAddress(uri, { path: true });
  if (!address.ok) return bad(`names a file whose token_uri ${address.problem}`, CREATE_KEY);
  return {
    ok: true,
    value: { clientEmail, privateKey: new Secret(key), keyId, tokenUri: address.value.href },
  };
}

const bad = (problem: string, remedy: string): ReadResult<never> => ({
  ok: false,
  problem,
  remedy,
});

function describeMissingFields(error: z.ZodError): string {
  const names = [...new Set(error.issues.map(({ path }) => String(path[0] ?? '')))].filter(Boolean);
  return names.length > 0
    ? `without a usable ${names.join(', ')}`
    : 'that does not contain a JSON object';
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
