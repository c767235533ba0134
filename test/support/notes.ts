import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { noteKey } from '../../src/audit/note.ts';
import type { NoteSigner, VerifySignature } from '../../src/audit/note.ts';

const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** A new signer that uses only Node's crypto. */
export function signerOf(name: string): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(SPKI_HEAD.length);
  return {
    ...noteKey(name, new Uint8Array(raw)),
    sign: (message) => sign(null, message, privateKey),
  };
}

export const checkSignature: VerifySignature = (publicKey, message, signature) => {
  const key = { key: Buffer.concat([SPKI_HEAD, publicKey]), format: 'der', type: 'spki' } as const;
  return verify(null, message, key, signature);
};
