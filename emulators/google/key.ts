import { generateKeyPair } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { googleId, fakeToken } from '../ids.ts';
import type { ServiceAccount } from './model.ts';

interface KeyPair {
  /** PEM, both. */
  publicKey: string;
  privateKey: string;
}

let made: Promise<KeyPair> | null = null;

/**
 * The RSA key of the service account: one a process, made off the main thread when first asked for.
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
 * Writes the file that GOOGLE_SERVICE_ACCOUNT_FILE names, for its owner alone, and gives what
 * Google knows of it.
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
  // Anew, as the mode of a file that is there would stay what it was.
  await rm(file, { force: true });
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return { clientEmail, publicKey };
}
