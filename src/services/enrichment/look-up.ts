import type { LogEntry } from '../../enrichment/activity.ts';
import { errorsOf, extract } from '../../enrichment/extract.ts';
import type { Reading, Readings } from '../../enrichment/extract.ts';
import type { Value } from '../../enrichment/operators.ts';
import type { Enriched, Indicator } from '../../enrichment/types.ts';
import type { OktaUser } from '../../connectors/types.ts';
import { callFailure } from './okta-call.ts';
import type { OktaCall, CallFailure } from './okta-call.ts';
import { findAccount } from './find-account.ts';
import type { LookedUp } from './types.ts';

const HOUR_MS = 3_600_000;
/** Pages of a thousand entries that are read of one account at most. */
const MAX_PAGES = 10;

/** When an account is looked up, and how far back its log is read. */
export interface Period {
  now: Date;
  activityMs: number;
}

/**
 * Finds out everything about an account. Throws what is no failure of a single call, and a refusal
 * to read users.
 */
export async function lookUp(
  ask: OktaCall,
  indicator: Indicator,
  period: Period,
): Promise<LookedUp> {
  const enriched_at = period.now.toISOString();
  const match = await findAccount(ask, indicator).catch((thrown: unknown) => ({
    kind: 'lost' as const,
    ...failureOrThrow(thrown),
  }));
  if (match.kind === 'lost') {
    const error = {
      field: 'extracted',
      call: 'users:read',
      code: match.code,
      status: match.status,
    };
    return {
      result: { ...EMPTY_RESULT, found: null, success: false, enriched_at, errors: [error] },
      raw: null,
    };
  }
  if (match.kind === 'none') return { result: { ...EMPTY_RESULT, enriched_at }, raw: null };
  if (match.kind === 'several') {
    return {
      result: { ...EMPTY_RESULT, ambiguous: true, candidates: match.candidates, enriched_at },
      raw: null,
    };
  }
  const readings = await readAll(ask, match.user.id, period);
  const extracted = extract(match.user, readings, period.activityMs / HOUR_MS);
  const errors = errorsOf(readings);
  return {
    result: { ...EMPTY_RESULT, found: true, extracted, enriched_at, errors },
    raw: rawOf(match.user, readings),
  };
}

const EMPTY_RESULT: Omit<Enriched, 'enriched_at'> = {
  found: false,
  ambiguous: false,
  candidates: [],
  extracted: null,
  success: true,
  errors: [],
};

/** A refusal to read users at all is the caller's to hear. */
function failureOrThrow(thrown: unknown): CallFailure {
  const failure = callFailure(thrown);
  if (failure === null || (thrown as Error).name === 'PolicyDeniedError') throw thrown;
  return failure;
}

async function readAll(ask: OktaCall, userId: string, period: Period): Promise<Readings> {
  const of = { userId };
  const [factors, groups, roles, logs] = await Promise.all([
    readingOf(ask('users:read_factors', of, userId)),
    readingOf(ask('users:read_groups', of, userId)),
    readingOf(ask('users:read_roles', of, userId)),
    readingOf(readLog(ask, userId, period)),
  ]);
  return { factors, groups, roles, logs };
}

async function readingOf<Output>(call: Promise<Output>): Promise<Reading<Output>> {
  try {
    return { ok: true, value: await call };
  } catch (thrown) {
    if (thrown instanceof RangeError) return { ok: false, code: 'too_many', status: null };
    const failure = callFailure(thrown);
    if (failure === null) throw thrown;
    return { ok: false, ...failure };
  }
}

/**
 * What an account did in the period; throws RangeError where that is more than is read of one
 * account.
 */
async function readLog(
  ask: OktaCall,
  userId: string,
  { now, activityMs }: Period,
): Promise<LogEntry[]> {
  const since = new Date(now.getTime() - activityMs).toISOString();
  const by = { since, until: now.toISOString(), filter: `actor.id eq "${userId}"` };
  const found: LogEntry[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, next }: { items: LogEntry[]; next: string | null } = await ask(
      'logs:read',
      { ...by, after },
      userId,
    );
    found.push(...items);
    if (next === null) return found;
    after = next;
  }
  throw new RangeError('more entries than are read of one account');
}

/** The answers as far as the connector hands them over; what was not read is not there. */
function rawOf(user: OktaUser, readings: Readings): Value {
  const read = Object.entries(readings).flatMap(([name, one]) =>
    one.ok && name !== 'logs' ? [[name, one.value] as const] : [],
  );
  return JSON.parse(JSON.stringify({ user, ...Object.fromEntries(read) })) as Value;
}
