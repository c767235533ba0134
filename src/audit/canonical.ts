/** Canonical JSON (RFC 8785) and the hashes over it. */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import serialize from 'canonicalize';
import { plainJson } from './plain-json.ts';
import { AuditDraftError } from './errors.ts';

/**
 * RFC 8785 JSON of a value; undefined members are omitted. Throws AuditDraftError if the value has
 * no such form.
 */
export function canonicalJson(value: unknown): string {
  const quick = plainJson(value);
  if (quick !== null) return quick;
  let text: string | undefined;
  try {
    text = serialize(value);
  } catch (error) {
    throw new AuditDraftError(
      `no canonical JSON: ${error instanceof Error ? error.message : 'unknown value'}`,
    );
  }
  if (text === undefined)
    throw new AuditDraftError('no canonical JSON: the value has no JSON form');
  return text;
}

/**
 * A member of an object as RFC 8785 writes it (`"name":value`); null if the value has no JSON form.
 * The members, sorted by name, joined by commas and enclosed in braces, are the object's canonical
 * JSON. Throws AuditDraftError.
 */
export function canonicalMember(name: string, value: unknown): string | null {
  return hasJsonForm(value) ? `${quickJson(name)}:${quickJson(value)}` : null;
}

// Ids, times, digests and labels need no escaping.
const quickJson = (value: unknown): string =>
  typeof value === 'string' && WORD.test(value) ? `"${value}"` : canonicalJson(value);
const WORD = /^[\w.:/@%# -]*$/;

const hasJsonForm = (value: unknown): boolean =>
  value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';

/**
 * Hex SHA-256 of the canonical JSON of call arguments. Decisions and entries refer to arguments by
 * it without revealing them.
 */
export function digestOf(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));
}

const LEAF_PREFIX = Uint8Array.of(0);

/**
 * Computes a leaf hash; see `leafHash`. A faster implementation, such as the platform's, may be
 * passed instead.
 */
export type HashLeaf = (leaf: string) => string;

/** Hex SHA-256(0x00 ‖ leaf): an entry's hash and its leaf hash in the RFC 6962 tree. */
export function leafHash(leaf: string): string {
  return bytesToHex(sha256.create().update(LEAF_PREFIX).update(utf8ToBytes(leaf)).digest());
}
