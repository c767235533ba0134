/** Deterministic ids and tokens that look like the vendors' own. */

import { createRandom, whole } from './random.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const INDEX_SPACE = 62 ** 5;
// Coprime to 62^5, so that neighbouring indices are spread out and remain distinct.
const SPREAD = 387420489;
// SPREAD × GATHER ≡ 1 modulo 62^5, which restores the index.
const GATHER = 440496089;
const HALF = 2 ** 15;
const CELL = '5d7';

function base62(value: number, width: number): string {
  let text = '';
  for (let left = value; text.length < width; left = Math.floor(left / 62))
    text = ALPHABET[left % 62] + text;
  return text;
}

function letters(seed: number, count: number): string {
  const random = createRandom(seed);
  let text = '';
  for (let made = 0; made < count; made += 1) text += ALPHABET[whole(random, 62)];
  return text;
}

// Both factors are below INDEX_SPACE. The product is computed in two parts, because it may exceed
// the exact range of a number.
function product(one: number, other: number): number {
  const high = ((Math.floor(one / HALF) * other) % INDEX_SPACE) * HALF;
  return (high + (one % HALF) * other) % INDEX_SPACE;
}

/**
 * An id of twenty characters with Okta's prefix (`00u`, `00g`, …), distinct by index for each
 * prefix.
 */
export function oktaId(prefix: string, index: number, seed: number): string {
  const spread = product(index + 1, SPREAD);
  return prefix + letters(seed ^ (index * 2654435761), 9) + base62(spread, 5) + CELL;
}

/** The index of an id; null if the id was not created with this prefix and seed. */
export function oktaIndex(prefix: string, id: string, seed: number): number | null {
  const at = prefix.length + 9;
  let spread = 0;
  for (const letter of id.slice(at, at + 5)) spread = spread * 62 + ALPHABET.indexOf(letter);
  const index = (product(Math.max(0, spread), GATHER) + INDEX_SPACE - 1) % INDEX_SPACE;
  return oktaId(prefix, index, seed) === id ? index : null;
}

const random = createRandom(process.pid << 8);
let requests = 0;

/** An opaque id for headers such as `x-okta-request-id`. */
export function requestId(): string {
  requests += 1;
  const draw = (): string => base62(whole(random, INDEX_SPACE), 5);
  return draw() + draw() + draw() + draw() + 'ar' + base62(requests, 5);
}

/** A token that looks like the vendor's own. */
export function fakeToken(prefix: string, seed: number, length: number): string {
  return prefix + letters(seed, length);
}

/** An object id in the format of Entra ID (a GUID), distinct by index for each seed. */
export function objectId(index: number, seed: number): string {
  const random = createRandom(seed ^ (index * 2654435761));
  const hex = (width: number): string =>
    whole(random, 16 ** width)
      .toString(16)
      .padStart(width, '0');
  const spread = product(index + 1, SPREAD)
    .toString(16)
    .padStart(8, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(4)}${spread}`;
}

/** A user id in Google's format: 21 digits, distinct by index for each seed. */
export function googleId(index: number, seed: number): string {
  const random = createRandom(seed ^ (index * 2654435761));
  const spread = String(product(index + 1, SPREAD)).padStart(9, '0');
  return `1${String(whole(random, 1e9)).padStart(11, '0')}${spread}`;
}

/**
 * A user id in Salesforce's format: 18 characters, the last three of which encode the capitals of
 * the others.
 */
export function salesforceId(index: number, seed: number): string {
  return withCheck(`005${letters(seed + 5, 4)}000${base62(product(index + 1, SPREAD), 5)}`);
}

/** The 18-character form of a 15-character Salesforce id. */
export function withCheck(id: string): string {
  const capitals = [0, 5, 10].map((at) =>
    [...id.slice(at, at + 5)].reduce(
      (bits, letter, place) => bits + (/[A-Z]/.test(letter) ? 2 ** place : 0),
      0,
    ),
  );
  return id + capitals.map((bits) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[bits]).join('');
}
