import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../../src/audit/base64.ts';
import {
  checkpointText,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from '../../../src/audit/checkpoint.ts';
import { NoteError } from '../../../src/audit/errors.ts';
import {
  noteKey,
  parseNote,
  parsePrivateKey,
  parseVerifierKey,
  privateKeyText,
  signNote,
  verifyNote,
  verifierKey,
} from '../../../src/audit/note.ts';
import { checkSignature, signerOf } from '../../support/notes.ts';
import { assertProperty } from '../../support/properties.ts';

const origin = 'arx/example.okta.com';
const signer = signerOf(origin);
const root = new Uint8Array(32).fill(7);
const note = signCheckpoint({ origin, size: 42, root }, [signer]);
const open = (text: string, keys = [signer], name = origin) =>
  openCheckpoint(text, { origin: name, keys, verify: checkSignature });

/** The key and note of the package documentation of golang.org/x/mod/sumdb/note. */
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

describe('a note of another implementation', () => {
  const key = parseVerifierKey(GO_KEY);

  test('is parsed and valid', () => {
    expect(verifyNote(parseNote(GO_NOTE), [key], checkSignature)).toEqual([key]);
    expect(verifierKey(key)).toBe(GO_KEY);
  });

  test('is not valid after a change of one letter in its text or signature', () => {
    const letters = Array.from({ length: GO_NOTE.length - 1 }, (_, n) => n);
    for (const at of letters) {
      const letter = GO_NOTE[at] === 'x' ? 'y' : 'x';
      const forged = GO_NOTE.slice(0, at) + letter + GO_NOTE.slice(at + 1);
      let by: unknown[] = [];
      try {
        by = verifyNote(parseNote(forged), [key], checkSignature);
      } catch (error) {
        expect(error).toBeInstanceOf(NoteError);
      }
      expect(by).toEqual([]);
    }
  });
});

test('a checkpoint has three lines and a signature, and parses to the same values', () => {
  expect(note.split('\n').slice(0, 4)).toEqual([
    origin,
    '42',
    Buffer.from(root).toString('base64'),
    '',
  ]);
  expect(open(note)).toMatchObject({ origin, size: 42, root, keys: [{ hash: signer.hash }] });
});

test('several keys sign one checkpoint, and any of them opens it', () => {
  const other = signerOf(origin);
  const both = signCheckpoint({ origin, size: 42, root }, [signer, other]);
  expect(open(both, [other]).keys).toMatchObject([{ hash: other.hash }]);
  expect(open(both, [signer, other]).keys).toHaveLength(2);
});

test.each([
  ['another log', () => open(note, [signer], 'arx/other.okta.com'), 'is of the audit trail'],
  ['an unknown key', () => open(note, [signerOf(origin)]), 'not signed by a key'],
  ['no key at all', () => open(note, []), 'not signed by a key'],
  ['a changed size', () => open(note.replace('\n42\n', '\n43\n')), 'is not valid'],
  ['a changed root', () => open(note.replace('\nBwcH', '\nBwcI')), 'is not valid'],
  [
    'two signatures by the same key',
    () => open(note + note.split('\n').at(-2) + '\n'),
    'two signatures',
  ],
  ['no final line break', () => open(note.slice(0, -1)), 'truncated'],
  ['no signature', () => open(checkpointText({ origin, size: 1, root })), 'blank line'],
  ['carriage returns', () => open(note.replaceAll('\n', '\r\n')), 'blank line'],
  [
    'a leading zero',
    () => parseCheckpoint(`${origin}\n042\n${toBase64(root)}\n`),
    'not a number of entries',
  ],
  [
    'a negative size',
    () => parseCheckpoint(`${origin}\n-1\n${toBase64(root)}\n`),
    'not a number of entries',
  ],
  [
    'a size that is not a safe integer',
    () => parseCheckpoint(`${origin}\n9999999999999999\n${toBase64(root)}\n`),
    'not a number of entries',
  ],
  ['a short root', () => parseCheckpoint(`${origin}\n1\nAAAA\n`), 'not a hash'],
  ['no origin', () => parseCheckpoint(`\n1\n${toBase64(root)}\n`), 'no origin'],
  ['a hyphen instead of a dash', () => parseNote(note.replace('— ', '- ')), 'malformed'],
  ['a name with a plus', () => noteKey('a+b', root), 'not a valid key name'],
  ['a key that is too short', () => noteKey('a', root.slice(1)), '32 bytes'],
  [
    'a verifier key with another hash',
    () => parseVerifierKey(GO_KEY.replace('c74f20a3', 'c74f20a4')),
    'its own hash',
  ],
  [
    'a verifier key of another algorithm',
    () => parseVerifierKey(GO_KEY.replace('+ARpc', '+AhpcA')),
    'verifier key is',
  ],
  ['a private key that is public', () => parsePrivateKey(GO_KEY), 'private key is'],
  ['a note with a control character', () => signNote('a\tb\n', [signer]), 'control characters'],
])('refuses %s', (_, act, message) => {
  expect(act).toThrow(NoteError);
  expect(act).toThrow(message);
});

test('lines after the root are extensions and are ignored', () => {
  const text = `${checkpointText({ origin, size: 1, root })}extension\n`;
  expect(open(signNote(text, [signer]))).toMatchObject({ size: 1 });
});

test('a private key parses to the same values', () => {
  const seed = new Uint8Array(32).fill(9);
  expect(parsePrivateKey(privateKeyText(signer, seed))).toEqual({
    name: origin,
    hash: signer.hash,
    seed,
  });
});

test('malformed notes are refused, and only NoteError is thrown', () => {
  assertProperty(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(note.length), (text, at) => {
      const forged = note.slice(0, at) + text + note.slice(at);
      if (forged === note) return;
      expect(() => open(forged)).toThrow(NoteError);
    }),
    { numRuns: 500 },
  );
});

test('only canonical base64 is accepted', () => {
  assertProperty(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromBase64(toBase64(bytes))).toEqual(Uint8Array.from(bytes));
    }),
  );
  for (const bad of ['', 'A', 'AA', 'AAA', 'AB==', 'AA= ', 'AA\n=', 'A-__', 'AA==AA=='])
    expect(fromBase64(bad)).toBeNull();
});
