/**
 * A title or a product's name as it is compared: NFKC, no space at either end, single spaces
 * within, without case. Upper case first, so that `ß` and `SS` are one; normalised again, since a
 * change of case may undo it.
 */
export const comparable = (text: string): string =>
  text.normalize('NFKC').replace(/\s+/gu, ' ').trim().toUpperCase().toLowerCase().normalize('NFKC');

/**
 * A login, an address or an id as it is compared with another: as `comparable`, so never by sight
 * alone.
 */
export const sameName = (one: string, other: string): boolean =>
  comparable(one) === comparable(other);
