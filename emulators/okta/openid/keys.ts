import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Json } from '../../types.ts';

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  jwk: Json;
}

/** The signing keys of an authorisation server, made when they are first needed. */
export class SigningKeys {
  /** The current key first; the one before it is still published. */
  #keys: SigningKey[] = [];

  /** The public keys, as published. */
  get published(): Json[] {
    this.#current();
    return this.#keys.map(({ jwk }) => jwk);
  }

  /** Signs with a new key from now on; the old one stays published once more. */
  rotate(): void {
    this.#keys = [createKey(), ...this.#keys.slice(0, 1)];
  }

  /** Stops publishing old keys. */
  dropOld(): void {
    this.#keys = this.#keys.slice(0, 1);
  }

  /** A signed JSON Web Token, RS256. */
  sign(claims: Json, type = 'JWT'): string {
    const { kid, privateKey } = this.#current();
    const head = encode({ typ: type, alg: 'RS256', kid });
    const text = `${head}.${encode(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  }

  #current(): SigningKey {
    const [first] = this.#keys;
    if (first) return first;
    const key = createKey();
    this.#keys = [key];
    return key;
  }
}

const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function createKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(`${n}`).digest('base64url');
  return { kid, privateKey, jwk: { kty: 'RSA', alg: 'RS256', use: 'sig', kid, n, e } };
}

/** `at_hash` of an access token: the left half of its SHA-256. */
export const halfHash = (token: string): string =>
  createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url');
