import { OUTCOMES } from '../../remediation/outcome.ts';
import type { FlowRunFilter } from '../../store/flow-types.ts';
import { malformed } from './refusal.ts';

/** What a history can be asked for, as texts: of a command line or an address. */
export type HistoryWords = Partial<
  Record<'user' | 'flow' | 'outcome' | 'since' | 'until' | 'limit' | 'after', string | undefined>
>;

const USUAL = 50;
const MOST = 500;
const LINE = /^[^\p{Cc}\p{Cs}]{1,300}$/u;
const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** The filter that these words mean. Throws FlowRefusal malformed with the word that is wrong. */
export function historyFilter(words: HistoryWords): Omit<FlowRunFilter, 'flows'> {
  const filter: Omit<FlowRunFilter, 'flows'> = { limit: limitOf(words.limit) };
  for (const [name, value] of Object.entries(words))
    if (value !== undefined && name !== 'limit') Object.assign(filter, READ[name as keyof typeof READ](value));
  return filter;
}

const READ: Readonly<Record<Exclude<keyof HistoryWords, 'limit'>, (value: string) => Partial<FlowRunFilter>>> = {
  user: (value) => ({ user: principalOf(lineOf(value, 'user')) }),
  flow: (value) => ({ flow: lineOf(value, 'flow') }),
  outcome: (value) => ({ outcome: outcomeOf(value) }),
  since: (value) => ({ since: timeOf(value, 'since') }),
  until: (value) => ({ until: timeOf(value, 'until') }),
  after: (value) => {
    if (!/^[0-9a-f]{32}$/.test(value)) throw wrong('after', 'the id of a run');
    return { after: value };
  },
};

/** A login alone is a person's; keys are agents. */
function principalOf(user: string): string {
  const [, kind, name = ''] = /^(user|agent|key):(.+)$/u.exec(user) ?? [];
  if (kind === undefined) return `user:${user}`;
  return kind === 'key' ? `agent:${name}` : user;
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
  const at = DAY_OR_TIME.test(value) ? new Date(value) : null;
  if (at === null || Number.isNaN(at.getTime())) throw wrong(field, 'a day or a time, such as 2026-11-22T08:00:00Z');
  return at.toISOString();
}

function limitOf(value = String(USUAL)): number {
  const limit = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > MOST) throw wrong('limit', `a number from 1 to ${MOST}`);
  return limit;
}

const wrong = (field: string, expected: string) =>
  malformed(`${field}: expected ${expected}.`, field, 'See docs/flows.md for what a history can be asked for.');
