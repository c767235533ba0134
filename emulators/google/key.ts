import { generateKeyPair } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { googleId, fakeToken } from '../ids.ts';
import type { ServiceAccount } from './model.ts';

interface KeyPair {
  /** Both keys in PEM format. */
  publicKey: string;
  privateKey: string;
}

let made: Promise<KeyPair> | null = null;

/**
 * The RSA key of the service account: one per process, generated on another thread on the first
 * call.
 */
export function keyPair(): Promise<KeyPair> {
  made ??= promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return made;
}

interface Place {
  file: string;
  /** Origin of the emulated Google. */
  origin: string;
  seed: number;
}

/**
 * Writes the file for GOOGLE_SERVICE_ACCOUNT_FILE, readable only by its owner, and returns what
 * Google knows about it.
 */
export async function writeServiceAccount({ file, origin, seed }: Place): Promise<ServiceAccount> {
  const { publicKey, privateKey } = await keyPair();
  const clientEmail = 'arx-remediation@northwind-emulated.iam.gserviceaccount.com';
  const content = {
    type: 'service_account',
    project_id: 'northwind-emulated',
    private_key_id: Buffer.from(fakeToken('', seed + 17, 20)).toString('hex'),
    private_key: privateKey,
    client_email: clientEmail,
    client_id: googleId(0, seed + 17),
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: `${origin}/token`,
    universe_domain: 'googleapis.com',
  };
  await mkdir(dirname(file), { recursive: true });
  // Removed first, because an existing file would keep its mode.
  await rm(file, { force: true });
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return { clientEmail, publicKey };
}
