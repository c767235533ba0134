import type { CallEvent } from '../../connectors/transport/exchange.ts';
import { bad, fine } from './check.ts';
import type { CheckResult } from './check.ts';

/** Signatures and rate limit windows bear this much. */
const MOST_MS = 30_000;

/** An exchange with the moment at which it was seen to end. */
export type TimedEvent = Pick<CallEvent, 'connector' | 'date'> & { at: number };

/** The clock of this machine against those of the vendors. A Date header counts whole seconds. */
export function clockCheck(events: readonly TimedEvent[]): CheckResult {
  const told = events.flatMap(({ connector, date, at }) => {
    const theirs = date === null ? Number.NaN : Date.parse(date);
    return Number.isNaN(theirs) ? [] : [{ connector, skew: at - theirs }];
  });
  if (told.length === 0)
    return bad('clock', 'no vendor told the time', 'Make one of the vendors answer first.');
  const worst = told.reduce((a, b) => (Math.abs(b.skew) > Math.abs(a.skew) ? b : a));
  const seconds = `${(Math.abs(worst.skew) / 1000).toFixed(0)} s`;
  if (Math.abs(worst.skew) <= MOST_MS) return fine('clock', `within ${seconds} of the vendors`);
  const side = worst.skew > 0 ? 'ahead of' : 'behind';
  return bad(
    'clock',
    `${seconds} ${side} ${worst.connector}`,
    'Set the clock of this machine (NTP): signed requests and windows depend on it.',
  );
}
