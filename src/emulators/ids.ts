import { seeded, whole } from './random.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const INDEX_SPACE = 62 ** 5;
// Coprime to 62^5: spreads neighbouring indices apart and keeps them distinct.
const SPREAD = 387420489;
const CELL = '5d7';

function base62(value: number, width: number): string {
  let text = '';
  for (let left = value; text.length < width; left = Math.floor(left / 62)) text = ALPHABET[left % 62] + text;
  return text;
}

function letters(seed: number, count: number): string {
  const random = seeded(seed);
  return Array.from({ length: count }, () => ALPHABET[whole(random, 62)]).join('');
}

/** A twenty-character id with Okta's prefix (`00u`, `00g`, …), distinct by index for one prefix. */
export function oktaId(prefix: string, index: number, seed: number): string {
  const spread = Number((BigInt(index + 1) * BigInt(SPREAD)) % BigInt(INDEX_SPACE));
  return prefix + letters(seed ^ (index * 2654435761), 9) + base62(spread, 5) + CELL;
}

let requests = 0;

/** An opaque id for `x-okta-request-id` and its like. */
export function requestId(): string {
  requests += 1;
  return letters(requests ^ (process.pid << 8), 22) + base62(requests, 5);
}

/** A token that looks like the vendor's own. */
export function madeToken(prefix: string, seed: number, length: number): string {
  return prefix + letters(seed, length);
}
