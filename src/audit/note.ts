/**
 * Signed notes (C2SP signed-note) with Ed25519 keys. The caller passes the functions to sign and
 * verify, because this module does no I/O.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64, toBase64 } from './base64.ts';
import { NoteError } from './errors.ts';

const ED25519 = 1;
const KEY_BYTES = 32;
const HASH_BYTES = 4;
const SIGNATURE_START = '— ';
const MAX_SIGNATURES = 100;
const MAX_LENGTH = 1_000_000;

/** Verifies an Ed25519 signature over `message`; never throws. */
export type VerifySignature = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean;

/** A public key with the name of its log. */
export interface NoteKey {
  name: string;
  /** Eight hex digits: the start of the SHA-256 over name and key. */
  hash: string;
  /** 32 bytes. */
  publicKey: Uint8Array;
}

/** A key that can sign; `sign` returns the 64 bytes of an Ed25519 signature. */
export interface NoteSigner extends NoteKey {
  sign(message: Uint8Array): Uint8Array;
}

interface NoteSignature {
  name: string;
  hash: string;
  signature: Uint8Array;
}

/**
 * A parsed note: its text (including the final line break) and its signatures, which are not
 * verified yet.
 */
interface Note {
  text: string;
  signatures: readonly NoteSignature[];
}

/** A key with this name. Throws NoteError if the name or the key is invalid. */
export function noteKey(name: string, publicKey: Uint8Array): NoteKey {
  if (!isName(name))
    throw new NoteError(
      `${JSON.stringify(name)} is not a valid key name: white space and + are not allowed`,
    );
  if (publicKey.length !== KEY_BYTES)
    throw new NoteError(`an Ed25519 public key has 32 bytes, not ${publicKey.length}`);
  return { name, hash: keyHash(name, publicKey), publicKey };
}

/** The verifier key `name+hash+key` with which other programs verify notes. */
export function verifierKey({ name, hash, publicKey }: NoteKey): string {
  return `${name}+${hash}+${toBase64(concatBytes(Uint8Array.of(ED25519), publicKey))}`;
}

/** Parses a verifier key. Throws NoteError. */
export function parseVerifierKey(text: string): NoteKey {
  const { name, hash, key } = parseKey(text, 'a verifier key is NAME+HASH+KEY');
  const known = noteKey(name, key);
  if (known.hash !== hash) throw new NoteError('the verifier key does not match its own hash');
  return known;
}

const PRIVATE = 'PRIVATE+KEY+';

/** The private key `PRIVATE+KEY+name+hash+seed`, as written by Go's note package. A secret. */
export function privateKeyText({ name, hash }: NoteKey, seed: Uint8Array): string {
  return `${PRIVATE}${name}+${hash}+${toBase64(concatBytes(Uint8Array.of(ED25519), seed))}`;
}

/**
 * Parses a private key. The caller must compare `hash` with that of the public key. Throws
 * NoteError.
 */
export function parsePrivateKey(text: string): { name: string; hash: string; seed: Uint8Array } {
  const form = 'a private key is PRIVATE+KEY+NAME+HASH+KEY';
  if (!text.startsWith(PRIVATE)) throw new NoteError(form);
  const { key, ...rest } = parseKey(text.slice(PRIVATE.length), form);
  return { ...rest, seed: key };
}

/**
 * Signs a text with each of the signers. Throws NoteError if the text cannot be the text of a note.
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!isNoteText(text))
    throw new NoteError(
      'the text of a note must end with a line break and must not contain control characters',
    );
  const message = utf8ToBytes(text);
  const lines = signers.map((signer) => {
    const bytes = Uint8Array.from(signer.hash.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    return `${SIGNATURE_START}${signer.name} ${toBase64(concatBytes(bytes, signer.sign(message)))}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Parses a note. Throws NoteError for anything that does not have the exact format. */
export function parseNote(note: string): Note {
  if (note.length > MAX_LENGTH)
    throw new NoteError(
      `the note has ${note.length} characters; at most ${MAX_LENGTH} are allowed`,
    );
  const blank = note.lastIndexOf('\n\n');
  if (blank === -1) throw new NoteError('the note has no blank line before its signatures');
  const text = note.slice(0, blank + 1);
  const rest = note.slice(blank + 2);
  if (!isNoteText(text) || !rest.endsWith('\n'))
    throw new NoteError('the note is truncated or contains control characters');
  const lines = rest.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES)
    throw new NoteError(
      `the note has ${lines.length} signatures; at most ${MAX_SIGNATURES} are allowed`,
    );
  return { text, signatures: lines.map(parseSignature) };
}

/**
 * The keys whose signature on the note is valid; signatures by other keys are ignored. Throws
 * NoteError if a signature by one of the keys is invalid or appears twice.
 */
export function verifyNote(
  { text, signatures }: Note,
  keys: readonly NoteKey[],
  verify: VerifySignature,
): NoteKey[] {
  const message = utf8ToBytes(text);
  const signed = signatures.flatMap(({ name, hash, signature }) => {
    const key = keys.find((known) => known.name === name && known.hash === hash);
    if (key && !verify(key.publicKey, message, signature))
      throw new NoteError(`the signature of ${name} is not valid`);
    return key ? [key] : [];
  });
  if (new Set(signed).size < signed.length)
    throw new NoteError('the note has two signatures by the same key');
  return signed;
}

function parseSignature(line: string): NoteSignature {
  const [name = '', encoded = '', ...more] = line.slice(SIGNATURE_START.length).split(' ');
  const bytes = fromBase64(encoded);
  if (
    !line.startsWith(SIGNATURE_START) ||
    more.length > 0 ||
    !isName(name) ||
    !bytes ||
    bytes.length <= HASH_BYTES
  ) {
    throw new NoteError('a signature line of the note is malformed');
  }
  return {
    name,
    hash: bytesToHex(bytes.subarray(0, HASH_BYTES)),
    signature: bytes.subarray(HASH_BYTES),
  };
}

// The key itself is base64 and may contain a +, so the text is split at the first two.
function parseKey(text: string, form: string): { name: string; hash: string; key: Uint8Array } {
  const [, name = '', hash = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = fromBase64(encoded);
  if (!isName(name) || bytes?.length !== 1 + KEY_BYTES || bytes[0] !== ED25519)
    throw new NoteError(form);
  return { name, hash, key: bytes.subarray(1) };
}

function keyHash(name: string, publicKey: Uint8Array): string {
  const digest = sha256(concatBytes(utf8ToBytes(`${name}\n`), Uint8Array.of(ED25519), publicKey));
  return bytesToHex(digest.subarray(0, HASH_BYTES));
}

const isName = (name: string): boolean =>
  name !== '' && name.isWellFormed() && !/[\s\u0085+]/u.test(name);

const isNoteText = (text: string): boolean =>
  text.endsWith('\n') && text.isWellFormed() && !/[^\P{Cc}\n]/u.test(text);
