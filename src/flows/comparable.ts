/**
 * A title, product name, login or id in the form used for comparison: NFKC, trimmed, single spaces,
 * case-insensitive. It is converted to upper case first, so that `ß` and `SS` are equal, and
 * normalised again, because a change of case may undo that.
 */
export const comparable = (text: string): string =>
  text.normalize('NFKC').replace(/\s+/gu, ' ').trim().toUpperCase().toLowerCase().normalize('NFKC');

/** Whether two logins, addresses or ids are equal in the form of `comparable`. */
export const sameName = (one: string, other: string): boolean =>
  comparable(one) === comparable(other);
