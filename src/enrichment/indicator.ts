/** Parses and validates the account names that analysts enter. */

import type { Indicator } from './types.ts';

/**
 * An indicator, or why the text is not looked up. `not_an_okta_account`: it names something that
 * Okta does not manage. `invalid_argument`: it cannot be the name of an account at all. The problem
 * does not repeat the text.
 */
type ReadIndicator =
  | { ok: true; indicator: Indicator }
  | { ok: false; code: 'invalid_argument' | 'not_an_okta_account'; problem: string };

/** RFC 5321 allows 254 characters for an address; a domain prefix adds a few more. */
const MAX_LENGTH = 320;
const ID = /^[A-Za-z0-9]{20}$/;
const DOMAIN = /^[\p{L}\p{N}_.-]{1,64}\\(?!\\)/u;

/**
 * Names in alerts that Okta cannot know, in the order of the checks: each is compared with the whole
 * text and with the name without its domain.
 */
const NOT_IN_OKTA: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'is empty'],
  [
    /^(nt authority|nt-autorität|autorit[eé] nt|nt service|nt virtual machine|builtin|vordefiniert|iis apppool|window manager|font driver host)\\/iu,
    'is a system account of Windows',
  ],
  [/^\.\\/, 'is a local account of one computer'],
  [/^s-1-\d+(-\d+)*$/i, 'is a security identifier (SID) of Windows'],
  [/\$(@|$)/, 'ends with $: it is the account of a computer or a managed service account'],
];

/** What no account name contains, in the order of the checks. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/u, 'has control characters or invisible characters'],
  [/["`\\]/, 'contains quotes or backslashes'],
  [/^@|@$|@.*@/, 'has an @ at its beginning or end, or more than one'],
];

/**
 * Parses an account name as analysts find it: an e-mail address, a user name, or an Okta id, each
 * with an optional `DOMAIN\` prefix. It is used only in filters, so dots, slashes and blanks may be
 * anywhere. Accents may be composed or decomposed. Nothing else is corrected: text that only
 * resembles another name (full-width letters, the Kelvin sign) is refused.
 */
export function readIndicator(given: string): ReadIndicator {
  if (given.length > MAX_LENGTH) return notInOkta(`is longer than ${MAX_LENGTH} characters`);
  const trimmed = given.trim();
  const exact = trimmed.replace(DOMAIN, '');
  for (const [pattern, problem] of NOT_IN_OKTA)
    if (pattern.test(trimmed) || pattern.test(exact)) return notInOkta(problem);
  for (const [pattern, problem] of REFUSED) if (pattern.test(exact)) return invalid(problem);
  // Some systems fold compatibility forms to plain letters: two different names would then match.
  if ([...exact].some((one) => one.normalize('NFKC') !== one || /[^\S ]/.test(one)))
    return invalid('is not written in plain characters (Unicode NFKC)');
  const name = fold(exact);
  return {
    ok: true,
    indicator: { name, exact, isEmail: exact.includes('@'), isId: ID.test(exact) },
  };
}

const notInOkta = (problem: string): ReadIndicator => ({
  ok: false,
  code: 'not_an_okta_account',
  problem,
});
const invalid = (problem: string): ReadIndicator => ({
  ok: false,
  code: 'invalid_argument',
  problem,
});

/** A name as names are compared: in lower case, with composed accents. */
export const fold = (name: string): string => name.toLowerCase().normalize('NFC');

/**
 * The forms in which a vendor may have stored a name that it compares code by code: with composed and
 * with decomposed accents.
 */
export const formsOf = (name: string): string[] => [...new Set([name, name.normalize('NFD')])];

/**
 * The key under which an answer is cached. Indicators with the same meaning share it; ids are
 * case-sensitive.
 */
export const cacheName = ({ name, exact, isId }: Indicator): string =>
  isId ? `id:${exact}` : `name:${name}`;
