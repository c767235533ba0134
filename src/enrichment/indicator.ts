/** Parses and validates the account names that analysts enter. */

import type { Indicator } from './types.ts';

/** An indicator, or what is wrong with the text. The problem does not repeat the text. */
type ReadIndicator = { ok: true; indicator: Indicator } | { ok: false; problem: string };

/** RFC 5321 allows 254 characters for an address; a domain prefix adds a few more. */
const MAX_LENGTH = 320;
const ID = /^[A-Za-z0-9]{20}$/;

/** What no account name contains, in the order of the checks. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'is empty'],
  [/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/u, 'has control characters or invisible characters'],
  [/\s/u, 'contains white space'],
  [/["`\\]/, 'contains quotes or backslashes'],
  [
    /^\.|\.\.|(^|\/)\.{1,2}(\/|$)|^\/|\/\/|\/$/,
    'has dots or slashes in places where they would form a path',
  ],
  [/^@|@$|@.*@/, 'has an @ at its beginning or end, or more than one'],
];

/**
 * Parses an account name as analysts find it: an e-mail address, a user name, or an Okta id, each
 * with an optional `DOMAIN\` prefix. Nothing is corrected: text that only resembles another name
 * (full-width letters, the Kelvin sign) is refused.
 */
export function readIndicator(given: string): ReadIndicator {
  if (given.length > MAX_LENGTH) return refusal(`is longer than ${MAX_LENGTH} characters`);
  const exact = given.trim().replace(/^[\p{L}\p{N}_.-]{1,64}\\(?!\\)/u, '');
  for (const [pattern, problem] of REFUSED) if (pattern.test(exact)) return refusal(problem);
  // Some systems fold compatibility forms to plain letters: two different names would then match.
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
 * The key under which an answer is cached. Indicators with the same meaning share it; ids are
 * case-sensitive.
 */
export const cacheName = ({ name, exact, isId }: Indicator): string =>
  isId ? `id:${exact}` : `name:${name}`;
