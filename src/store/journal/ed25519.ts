/** Ed25519 with Node's crypto; keys are the 32 bytes used in notes. */
import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { noteKey } from '../../audit/note.ts';
import type { NoteSigner, VerifySignature } from '../../audit/note.ts';

/** The bytes before the 32 bytes of a key in PKCS #8 and SubjectPublicKeyInfo (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** A new private key: 32 random bytes. */
export function newSeed(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

/** A signer of notes under a name. */
export function ed25519Signer(name: string, seed: Uint8Array): NoteSigner {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const publicKey = new Uint8Array(spki.subarray(SPKI_HEAD.length));
  return {
    ...noteKey(name, publicKey),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** Whether an Ed25519 signature is valid; false also for an invalid key or signature. */
export const verifyEd25519: VerifySignature = (publicKey, message, signature) => {
  try {
    const key = createPublicKey({
      key: Buffer.concat([SPKI_HEAD, publicKey]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
};
