/**
 * Signed notes (C2SP signed-note) with Ed25519 keys. Signing and verifying are handed in: this room
 * does no I/O.
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

/** Checks an Ed25519 signature over `message`; never throws. */
export type VerifySignature = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean;

/** A public key under the name of its log. */
export interface NoteKey {
  name: string;
  /** Eight hex digits: the beginning of SHA-256 over name and key. */
  hash: string;
  /** 32 bytes. */
  publicKey: Uint8Array;
}

/** A key that can sign; gives the 64 bytes of an Ed25519 signature. */
export interface NoteSigner extends NoteKey {
  sign(message: Uint8Array): Uint8Array;
}

export interface NoteSignature {
  name: string;
  hash: string;
  signature: Uint8Array;
}

/** A note as read: its text (line end included) and its signatures, none of them verified yet. */
export interface Note {
  text: string;
  signatures: readonly NoteSignature[];
}

/** A key of this name. Throws NoteError where the name or the key is none. */
export function noteKey(name: string, publicKey: Uint8Array): NoteKey {
  if (!isName(name))
    throw new NoteError(`${JSON.stringify(name)} is no name of a key: no white space, no +`);
  if (publicKey.length !== KEY_BYTES)
    throw new NoteError(`an Ed25519 public key has 32 bytes, not ${publicKey.length}`);
  return { name, hash: keyHash(name, publicKey), publicKey };
}

/** The verifier key `name+hash+key` that other programs check notes with. */
export function verifierKey({ name, hash, publicKey }: NoteKey): string {
  return `${name}+${hash}+${toBase64(concatBytes(Uint8Array.of(ED25519), publicKey))}`;
}

/** Reads a verifier key. Throws NoteError. */
export function parseVerifierKey(text: string): NoteKey {
  const { name, hash, key } = parseKey(text, 'a verifier key is NAME+HASH+KEY');
  const known = noteKey(name, key);
  if (known.hash !== hash) throw new NoteError('the verifier key does not have the hash it states');
  return known;
}

const PRIVATE = 'PRIVATE+KEY+';

/** The private form `PRIVATE+KEY+name+hash+seed`, as Go's note package writes it. A secret. */
export function privateKeyText({ name, hash }: NoteKey, seed: Uint8Array): string {
  return `${PRIVATE}${name}+${hash}+${toBase64(concatBytes(Uint8Array.of(ED25519), seed))}`;
}

/**
 * Reads a private key; `hash` is what it states and has to be compared with that of its public key.
 * Throws NoteError.
 */
export function parsePrivateKey(text: string): { name: string; hash: string; seed: Uint8Array } {
  const form = 'a private key is PRIVATE+KEY+NAME+HASH+KEY';
  if (!text.startsWith(PRIVATE)) throw new NoteError(form);
  const { key, ...rest } = parseKey(text.slice(PRIVATE.length), form);
  return { ...rest, seed: key };
}

/**
 * Signs a text with each of the signers. Throws NoteError where the text is not of a note's form.
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!isNoteText(text))
    throw new NoteError('the text of a note ends with a line end and has no control characters');
  const message = utf8ToBytes(text);
  const lines = signers.map((signer) => {
    const bytes = Uint8Array.from(signer.hash.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    return `${SIGNATURE_START}${signer.name} ${toBase64(concatBytes(bytes, signer.sign(message)))}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Reads a note. Throws NoteError for anything that is not of its exact form. */
export function parseNote(note: string): Note {
  if (note.length > MAX_LENGTH) throw new NoteError('the note is too long');
  const blank = note.lastIndexOf('\n\n');
  if (blank === -1) throw new NoteError('the note has no blank line before its signatures');
  const text = note.slice(0, blank + 1);
  const rest = note.slice(blank + 2);
  if (!isNoteText(text) || !rest.endsWith('\n'))
    throw new NoteError('the note is cut off or has control characters');
  const lines = rest.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new NoteError('the note has too many signatures');
  return { text, signatures: lines.map(parseSignature) };
}

/**
 * The keys whose signature on the note holds; signatures by other keys are left aside. Throws
 * NoteError where a signature that claims to be by one of the keys does not hold, or appears twice.
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
      throw new NoteError(`the signature of ${name} does not hold`);
    return key ? [key] : [];
  });
  if (new Set(signed).size < signed.length)
    throw new NoteError('the note has two signatures of one key');
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
    throw new NoteError('a signature line of the note is not of its form');
  }
  return {
    name,
    hash: bytesToHex(bytes.subarray(0, HASH_BYTES)),
    signature: bytes.subarray(HASH_BYTES),
  };
}

// The key itself is base64 and may hold a +, so the text is cut at the first two.
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
