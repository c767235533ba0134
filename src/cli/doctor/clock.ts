import type { CallEvent } from '../../connectors/transport/exchange.ts';
import { fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';

/** Signatures and rate limit windows tolerate this much skew. */
const MOST_MS = 30_000;

/** An exchange, with the time at which it ended. */
export type TimedEvent = Pick<CallEvent, 'connector' | 'date'> & { at: number };

/**
 * Compares the clock of this machine with those of the vendors. A Date header has a resolution of
 * one second.
 */
export function clockCheck(events: readonly TimedEvent[]): CheckResult {
  const observed = events.flatMap(({ connector, date, at }) => {
    const theirs = date === null ? Number.NaN : Date.parse(date);
    return Number.isNaN(theirs) ? [] : [{ connector, skew: at - theirs }];
  });
  if (observed.length === 0)
    return fail(
      'clock',
      'no vendor reported its time',
      'Get a response from one of the vendors first.',
    );
  const worst = observed.reduce((a, b) => (Math.abs(b.skew) > Math.abs(a.skew) ? b : a));
  const seconds = `${(Math.abs(worst.skew) / 1000).toFixed(0)} s`;
  if (Math.abs(worst.skew) <= MOST_MS) return pass('clock', `within ${seconds} of the vendors`);
  const side = worst.skew > 0 ? 'ahead of' : 'behind';
  return fail(
    'clock',
    `${seconds} ${side} ${worst.connector}`,
    'Synchronise the clock of this machine (NTP): signed requests and rate limit windows depend on it.',
  );
}
