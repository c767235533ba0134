/** Times as a reader at a terminal wants them. */

import type { Colors } from './io.ts';
import { timeText } from './text.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** From here on a date is easier to read than a number of days. */
const LONG_AGO = 14 * DAY;

/**
 * A time relative to `now` (`5 min ago`, `in 2 h`), or its date if it is far away. Exact in output
 * that is not shown at a terminal; `–` for null.
 */
export function whenText(iso: string | null, { width }: Colors, now = Date.now()): string {
  if (iso === null || width === undefined) return timeText(iso);
  return relativeTime(Date.parse(iso) - now) ?? iso.slice(0, 10);
}

/** A distance in milliseconds as text, negative for the past; null if it is far away. */
function relativeTime(distance: number): string | null {
  const length = Math.abs(distance);
  if (!(length < LONG_AGO)) return null;
  if (length < MINUTE) return distance > 0 ? 'in under 1 min' : 'just now';
  const [size, unit] = length < HOUR ? [MINUTE, 'min'] : length < DAY ? [HOUR, 'h'] : [DAY, 'd'];
  const amount = `${Math.floor(length / size)} ${unit}`;
  return distance > 0 ? `in ${amount}` : `${amount} ago`;
}
