import { principalOf } from '../../governance/principal.ts';
import { parseDuration } from '../../config/yaml/durations.ts';
import { OUTCOMES } from '../../flows/outcome.ts';
import type { FlowRunFilter } from '../../store/flow-types.ts';
import { inputRefusal } from './refusal.ts';

/** The filters of the history as texts, from a command line or a URL. */
export type HistoryQuery = Partial<
  Record<'user' | 'flow' | 'outcome' | 'since' | 'until' | 'limit' | 'after', string | undefined>
>;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
const LINE = /^[^\p{Cc}\p{Cs}]{1,300}$/u;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY_MS = 86_400_000;

/**
 * Parses the filters; `maximum` bounds `limit`. Throws FlowRefusal malformed with the field that is
 * wrong.
 */
export function historyFilter(
  query: HistoryQuery,
  maximum = MAX_LIMIT,
): Omit<FlowRunFilter, 'flows'> {
  const filter: Omit<FlowRunFilter, 'flows'> = { limit: limitOf(query.limit, maximum) };
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && name !== 'limit')
      Object.assign(filter, READ[name as keyof typeof READ](value));
  return filter;
}

/**
 * `day`: which moment of a day is meant. `now`: from when durations count; if absent, durations are
 * not accepted.
 */
interface TimeReading {
  day?: 'first' | 'last';
  now?: () => number;
}

/**
 * ISO 8601 UTC time of a day (its first or its last moment, UTC), of a time, or of a duration ago
 * (`36h`); null if the text is none of them.
 */
export function historyTime(text: string, { day = 'first', now }: TimeReading = {}): string | null {
  const ago = now ? parseDuration(text) : null;
  if (now && ago !== null) return new Date(now() - ago).toISOString();
  const isDay = DAY.test(text);
  const at = isDay || TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return null;
  return new Date(isDay && day === 'last' ? at + DAY_MS - 1 : at).toISOString();
}

const READ: Readonly<
  Record<Exclude<keyof HistoryQuery, 'limit'>, (value: string) => Partial<FlowRunFilter>>
> = {
  user: (value) => ({ user: principalIn(lineOf(value, 'user')) }),
  flow: (value) => ({ flow: lineOf(value, 'flow') }),
  outcome: (value) => ({ outcome: outcomeOf(value) }),
  since: (value) => ({ since: timeOf(value, 'since') }),
  until: (value) => ({ until: timeOf(value, 'until') }),
  after: (value) => {
    if (!/^[0-9a-f]{32}$/.test(value)) throw wrong('after', 'the id of a run');
    return { after: value };
  },
};

/** A bare login means a user; keys are agents. */
function principalIn(user: string): string {
  const [, kind, name = ''] = /^(user|agent|key):(.+)$/u.exec(user) ?? [];
  if (kind === undefined) return principalOf('user', user);
  return kind === 'key' ? principalOf('agent', name) : user;
}

function lineOf(value: string, field: string): string {
  if (LINE.test(value)) return value;
  throw wrong(field, 'text of at most 300 characters');
}

function outcomeOf(value: string): (typeof OUTCOMES)[number] {
  const outcome = OUTCOMES.find((one) => one === value);
  if (outcome === undefined) throw wrong('outcome', `one of ${OUTCOMES.join(', ')}`);
  return outcome;
}

function timeOf(value: string, field: string): string {
  const at = historyTime(value);
  if (at === null) throw wrong(field, 'a day or a time, such as 2026-11-22T08:00:00Z');
  return at;
}

function limitOf(value = String(DEFAULT_LIMIT), maximum: number): number {
  const limit = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > maximum) throw wrong('limit', `a number from 1 to ${maximum}`);
  return limit;
}

const wrong = (field: string, expected: string) =>
  inputRefusal(
    `${field}: expected ${expected}.`,
    field,
    'See docs/flows.md for the filters of the history.',
  );
