import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../config/durations.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY_MS = 86_400_000;

/** Parser of a time: a day (UTC), a time, or how long ago (`36h`); gives ISO 8601 UTC. Of a day its first moment, or its last. */
export const timeAt =
  (which: 'first' | 'last', now: () => number = Date.now) =>
  (text: string): string => {
    const ago = parseDuration(text);
    if (ago !== null) return new Date(now() - ago).toISOString();
    const at = DAY.test(text) || TIME.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(at))
      throw new InvalidArgumentError(
        'A day (2026-03-01), a time (2026-03-01T08:00:00Z) or a duration (36h) is expected.',
      );
    return new Date(DAY.test(text) && which === 'last' ? at + DAY_MS - 1 : at).toISOString();
  };
