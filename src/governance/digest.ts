import canonicalize from 'canonicalize';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Policy } from './types.ts';

/** Hex SHA-256 of the RFC 8785 JSON of a value. Throws if the value has no JSON form. */
export function canonicalDigest(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no canonical JSON');
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/**
 * Digest of a bundle: of the policies as their files state them, sorted by name. It does not depend
 * on file names, positions, or the order of files and policies.
 */
export const bundleDigest = (policies: readonly Policy[]): string =>
  canonicalDigest(
    [...policies].sort(byName).map((policy) => policy.stated ?? withoutPlaces(policy)),
  );

/** Orders by name, in the code unit order that canonical JSON uses for keys. */
export const byName = (a: { name: string }, b: { name: string }): number =>
  a.name < b.name ? -1 : Number(a.name > b.name);

const withoutPlaces = ({ place: _place, places: _places, ...rest }: Policy): unknown => rest;
