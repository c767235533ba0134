const MOST_CHARACTERS = 300;

/** Text that may be a credential: long runs without spaces of the characters that tokens use. */
const SECRET_LIKE =
  /(?:bearer|basic|ssws)\s+\S+|[\w+/=-]*[\w+/=-]{32,}|xox[a-z]-\S+|eyJ[\w-]+\.\S*/giu;
const MARKUP = /<[^<>]*>/gu;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/**
 * What a vendor said about a refusal, as one line of at most 300 characters that is safe to show:
 * without markup, control characters and anything that looks like a credential. Null if nothing is
 * left. It may name people, so it belongs in the store and on screens only: never in logs, the audit
 * trail or the history of a workflow.
 */
export function cleanWords(texts: readonly unknown[]): string | null {
  const words = texts
    .filter((text) => typeof text === 'string')
    .map((text) =>
      text
        .slice(0, 4_000)
        .toWellFormed()
        .replace(MARKUP, ' ')
        .replace(INVISIBLE, ' ')
        .replace(SECRET_LIKE, '[removed]')
        .replace(/\s+/gu, ' ')
        .trim(),
    )
    .filter((text) => text !== '')
    .join('; ');
  const characters = [...words];
  if (characters.length === 0) return null;
  return characters.length <= MOST_CHARACTERS
    ? words
    : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
