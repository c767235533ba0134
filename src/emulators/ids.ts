import { seeded, whole } from './random.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const INDEX_SPACE = 62 ** 5;
// Coprime to 62^5: spreads neighbouring indices apart and keeps them distinct.
const SPREAD = 387420489;
// SPREAD times GATHER is 1 modulo 62^5: leads back to the index.
const GATHER = 440496089;
const HALF = 2 ** 15;
const CELL = '5d7';

function base62(value: number, width: number): string {
  let text = '';
  for (let left = value; text.length < width; left = Math.floor(left / 62)) text = ALPHABET[left % 62] + text;
  return text;
}

function letters(seed: number, count: number): string {
  const random = seeded(seed);
  let text = '';
  for (let made = 0; made < count; made += 1) text += ALPHABET[whole(random, 62)];
  return text;
}

// Both factors in INDEX_SPACE; in two halves, as the whole product may be beyond what a number holds exactly.
function product(one: number, other: number): number {
  const high = ((Math.floor(one / HALF) * other) % INDEX_SPACE) * HALF;
  return (high + (one % HALF) * other) % INDEX_SPACE;
}

/** A twenty-character id with Okta's prefix (`00u`, `00g`, …), distinct by index for one prefix. */
export function oktaId(prefix: string, index: number, seed: number): string {
  const spread = product(index + 1, SPREAD);
  return prefix + letters(seed ^ (index * 2654435761), 9) + base62(spread, 5) + CELL;
}

/** The index that an id was made of; null where it was made of another prefix or seed, or not at all. */
export function oktaIndex(prefix: string, id: string, seed: number): number | null {
  const at = prefix.length + 9;
  let spread = 0;
  for (const letter of id.slice(at, at + 5)) spread = spread * 62 + ALPHABET.indexOf(letter);
  const index = (product(Math.max(0, spread), GATHER) + INDEX_SPACE - 1) % INDEX_SPACE;
  return oktaId(prefix, index, seed) === id ? index : null;
}

const random = seeded(process.pid << 8);
let requests = 0;

/** An opaque id for `x-okta-request-id` and its like. */
export function requestId(): string {
  requests += 1;
  const draw = (): string => base62(whole(random, INDEX_SPACE), 5);
  return draw() + draw() + draw() + draw() + 'ar' + base62(requests, 5);
}

/** A token that looks like the vendor's own. */
export function madeToken(prefix: string, seed: number, length: number): string {
  return prefix + letters(seed, length);
}
