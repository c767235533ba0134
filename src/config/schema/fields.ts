import { z } from 'zod';
import { cronProblem } from '../yaml/cron.ts';
import { parseDuration } from '../yaml/durations.ts';

/** A string schema; every failure states what was expected. */
export const text = (
  expected: string,
  holds: (value: string) => boolean = (value) => value.trim() !== '',
) => z.string({ error: expected }).refine(holds, { error: expected });

/** A schema for any text that is not blank. */
export const someText = text('text that is not empty');

/** A schema for a list of allowed words; failures list them. */
export const word = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `one of ${words.join(', ')}` });

/** A number from 0 to 1, both included unless `above` excludes the lower limit. */
export const share = (expected: string, { above }: { above?: number } = {}) => {
  const atMostOne = z.number({ error: expected }).max(1, { error: expected });
  return above === undefined
    ? atMostOne.min(0, { error: expected })
    : atMostOne.gt(above, { error: expected });
};

/** A whole number within limits, both included. */
export function whole(from: number, to: number) {
  const error = `a whole number from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
}

export const flag = z.boolean({ error: 'true or false' });

const A_DURATION = 'a duration: a whole number followed by s, m, h or d, such as 14d or 30m';
/** How a duration is written. */
export const DURATION_FORM = /^\d{1,9}[smhd]$/;
/**
 * A duration such as `14d`; it stays text. Each check accepts what an earlier one refuses, so that
 * one mistake gives one error.
 */
export const duration = z
  .string({ error: A_DURATION })
  .regex(DURATION_FORM, { error: A_DURATION })
  .refine((value) => !DURATION_FORM.test(value) || parseDuration(value) !== null, {
    error: 'a duration of at most ten years',
  });

/** A duration longer than zero. */
export const positiveDuration = duration.refine((value) => parseDuration(value) !== 0, {
  error: 'a duration longer than 0',
});

/** What happened must stay readable for so long, whoever writes the configuration. */
const LEAST_AUDIT_MS = 30 * 86_400_000;
/** How long the contents of audit entries are kept. */
export const auditAge = duration.refine(
  (value) => (parseDuration(value) ?? LEAST_AUDIT_MS) >= LEAST_AUDIT_MS,
  { error: 'a duration of at least 30d' },
);

/** A list whose entries are of one kind. */
export const list = <Item extends z.ZodType>(item: Item, expected: string) =>
  z.array(item, { error: expected });

const A_DATE = 'a date as YYYY-MM-DD';
/** A calendar day as `YYYY-MM-DD`. */
export const day = text(A_DATE, isDay);

const A_CRON =
  'a cron line of five fields (minute hour day-of-month month day-of-week), such as "0 8 * * MON"';
export const cron = text(A_CRON, (value) => cronProblem(value) === null);

export const timezone = text('an IANA time zone, such as UTC or Europe/Berlin', isTimeZone);

function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

function isTimeZone(value: string): boolean {
  try {
    return /^[A-Za-z]/.test(value) && Intl.DateTimeFormat('en', { timeZone: value }) !== null;
  } catch {
    return false;
  }
}
