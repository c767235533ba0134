const MOST_CHARACTERS = 300;

/** Credentials in the forms in which they are sent. */
const CREDENTIAL = /(?:bearer|basic|ssws)\s+\S+|xox[a-z]-\S+|eyJ[\w-]+\.\S*/giu;
const ADDRESS = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/gu;
const PHONE = /\+?\d[\d ().-]{7,}\d/gu;
/** Runs of the characters that tokens and seeds use. */
const RUN = /[\w+/=-]{16,}/gu;
const MARKUP = /<[^<>]*>/gu;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu;

const REMOVED = '[removed]';

/** Whether a run may be a token: long, or letters and digits mixed. Jira's ids of fields are none. */
const isTokenLike = (run: string): boolean =>
  !/^customfield_\d+$/.test(run) && (run.length >= 32 || (/\d/.test(run) && /[a-z]/i.test(run)));

/**
 * What a vendor said about a refusal, as one line of at most 300 characters that is safe to show:
 * without markup, control characters, addresses, telephone numbers and anything that looks like a
 * credential. Null if nothing is left. It may still name people, so it belongs in the store and on screens only: never in logs, the audit
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
        .replace(CREDENTIAL, REMOVED)
        .replace(ADDRESS, REMOVED)
        .replace(PHONE, REMOVED)
        .replace(RUN, (run) => (isTokenLike(run) ? REMOVED : run))
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
