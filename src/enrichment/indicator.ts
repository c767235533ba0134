import type { Indicator } from './types.ts';

/** An indicator, or what is wrong with the text in words that do not repeat it. */
export type ReadIndicator = { ok: true; indicator: Indicator } | { ok: false; problem: string };

/** RFC 5321 allows 254 characters for an address; a domain in front of a name takes a few more. */
const LONGEST = 320;
const ID = /^[A-Za-z0-9]{20}$/;

/** What no account name holds, in the order in which it is looked for. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'is empty'],
  [/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/u, 'has control characters or characters that cannot be seen'],
  [/\s/u, 'has white space in it'],
  [/["`\\]/, 'has quotes or backslashes in it'],
  [/^\.|\.\.|(^|\/)\.{1,2}(\/|$)|^\/|\/\/|\/$/, 'has dots or slashes where a path would have them'],
  [/^@|@$|@.*@/, 'has an @ at its beginning or end, or several'],
];

/**
 * Takes an account name as analysts find it: an e-mail address, a user name, an Okta id, each
 * perhaps behind `DOMAIN\`. Nothing is mended: text that only looks like another name (full-width
 * letters, the Kelvin sign) is refused.
 */
export function readIndicator(given: string): ReadIndicator {
  if (given.length > LONGEST) return refusal(`is longer than ${LONGEST} characters`);
  const exact = given.trim().replace(/^[\p{L}\p{N}_.-]{1,64}\\(?!\\)/u, '');
  for (const [pattern, problem] of REFUSED) if (pattern.test(exact)) return refusal(problem);
  // Compatibility forms fold to plain letters here or there: then two names that differ would meet.
  if (exact.normalize('NFKC') !== exact)
    return refusal('is not written in plain characters (Unicode NFKC)');
  const name = exact.toLowerCase();
  return {
    ok: true,
    indicator: { name, exact, isEmail: exact.includes('@'), isId: ID.test(exact) },
  };
}

const refusal = (problem: string): ReadIndicator => ({ ok: false, problem });

/**
 * What an answer is kept under: those that mean the same share it, and ids keep their capital
 * letters.
 */
export const cacheName = ({ name, exact, isId }: Indicator): string =>
  isId ? `id:${exact}` : `name:${name}`;
