/** Parses dates and times of issues. */

/** Parses an existing day as `YYYY-MM-DD`; null for any other text. */
export const readDay = (text: string): string | null =>
  dayOf(/^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})$/.exec(text));

/** Parses `MM/DD/YYYY`, the format of the last sign-in in issues, to `YYYY-MM-DD`. */
export const readUsDay = (text: string): string | null =>
  dayOf(/^(?<m>\d{2})\/(?<d>\d{2})\/(?<y>\d{4})$/.exec(text));

function dayOf(match: RegExpExecArray | null): string | null {
  const { y = '', m = '', d = '' } = match?.groups ?? {};
  return isDay(Number(y), Number(m), Number(d)) ? `${y}-${m}-${d}` : null;
}

function isDay(year: number, month: number, day: number): boolean {
  // Day 0 of the next month is the last day of this one.
  return (
    year > 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
  );
}

const TIME =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Parses a time with `Z` or an offset to ISO 8601 in UTC, with milliseconds; null for any other
 * text.
 */
export function readTime(text: string): string | null {
  const [, day] = TIME.exec(text) ?? [];
  return day !== undefined && readDay(day) !== null ? new Date(text).toISOString() : null;
}
