import { InvalidArgumentError } from 'commander';
import { historyTime } from '../../services/flows/history-filter.ts';

/**
 * Parser of a time: a day (UTC), a time, or how long ago (`36h`). Returns ISO 8601 UTC; for a day,
 * its first or last moment.
 */
export const timeAt =
  (day: 'first' | 'last', now: () => number = Date.now) =>
  (text: string): string => {
    const at = historyTime(text, { day, now });
    if (at !== null) return at;
    throw new InvalidArgumentError(
      'Expected a day (2026-03-01), a time (2026-03-01T08:00:00Z) or a duration (36h).',
    );
  };
