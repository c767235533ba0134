import type { AccountLog, LogEntry } from '../../enrichment/activity.ts';
import { errorsOf, extract } from '../../enrichment/extract.ts';
import type { Reading, Readings } from '../../enrichment/extract.ts';
import type { Value } from '../../governance/operators.ts';
import type { Enriched, Indicator } from '../../enrichment/types.ts';
import { readItems } from '../../connectors/pages.ts';
import type { OktaGroup, OktaOperations, OktaUser } from '../../connectors/types.ts';
import { callFailure } from './okta-call.ts';
import type { OktaCall, CallFailure } from './okta-call.ts';
import { findAccount } from './find-account.ts';
import type { LookedUp } from './types.ts';

const HOUR_MS = 3_600_000;
/** Most pages of a thousand log entries that are read for one account. */
const MAX_PAGES = 10;

/** The time of the look-up, and how far back the log is read. */
export interface Period {
  now: Date;
  activityMs: number;
}

/**
 * Reads everything about an account. Throws if reading users is refused by policy, and all errors
 * that are not a failed call.
 */
export async function lookUp(
  call: OktaCall,
  indicator: Indicator,
  period: Period,
): Promise<LookedUp> {
  const enriched_at = period.now.toISOString();
  const match = await findAccount(call, indicator).catch((thrown: unknown) => ({
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
  const readings = await readAll(call, match.user.id, period);
  const extracted = extract(match.user, readings, period.activityMs / HOUR_MS);
  const errors = errorsOf(readings);
  return {
    result: { ...EMPTY_RESULT, found: true, extracted, enriched_at, errors },
    raw: rawOf(match.user, readings),
  };
}

/** The result without a look-up. */
export const EMPTY_RESULT: Omit<Enriched, 'enriched_at'> = {
  found: false,
  ambiguous: false,
  candidates: [],
  extracted: null,
  success: true,
  errors: [],
};

/** A refusal to read users at all is for the caller. */
function failureOrThrow(thrown: unknown): CallFailure {
  if (thrown instanceof RangeError) return TOO_MANY;
  const failure = callFailure(thrown);
  if (failure === null || (thrown as Error).name === 'PolicyDeniedError') throw thrown;
  return failure;
}

async function readAll(call: OktaCall, userId: string, period: Period): Promise<Readings> {
  const of = { userId };
  const [factors, groups, roles, logs] = await Promise.all([
    readingOf(call('users:read_factors', of, userId)),
    readingOf(readGroups(call, userId)),
    readingOf(call('users:read_roles', of, userId)),
    readingOf(readLog(call, userId, period)),
  ]);
  return { factors, groups, roles, logs };
}

/** More pages than are read for one account. */
const TOO_MANY: CallFailure = { code: 'too_many', status: null };

async function readingOf<Output>(call: Promise<Output>): Promise<Reading<Output>> {
  try {
    return { ok: true, value: await call };
  } catch (thrown) {
    if (thrown instanceof RangeError) return { ok: false, ...TOO_MANY };
    const failure = callFailure(thrown);
    if (failure === null) throw thrown;
    return { ok: false, ...failure };
  }
}

/** The groups of the account, over all pages. */
const readGroups = (call: OktaCall, userId: string): Promise<OktaGroup[]> =>
  readItems({ connector: 'okta', operation: 'users:read_groups' }, (after) =>
    call('users:read_groups', { userId, after }, userId),
  );

/**
 * The log entries of the account in the period. Throws RangeError if there are more than are read
 * for one account.
 */
async function readLog(
  call: OktaCall,
  userId: string,
  { now, activityMs }: Period,
): Promise<AccountLog> {
  const since = new Date(now.getTime() - activityMs).toISOString();
  const by = { since, until: now.toISOString(), filter: `actor.id eq "${userId}"` };
  const entries: LogEntry[] = [];
  let unreadable = 0;
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const read: OktaOperations['logs:read']['output'] = await call(
      'logs:read',
      { ...by, after },
      userId,
    );
    const { items, malformed, next } = read;
    entries.push(...items);
    unreadable += malformed;
    if (next === null) return { entries, unreadable };
    after = next;
  }
  throw new RangeError(`Okta returned more than ${MAX_PAGES} pages of log entries for one account`);
}

/** The answers as the connector returns them; failed readings are absent. */
function rawOf(user: OktaUser, readings: Readings): Value {
  const read = Object.entries(readings).flatMap(([name, one]) =>
    one.ok && name !== 'logs' ? [[name, one.value] as const] : [],
  );
  return JSON.parse(JSON.stringify({ user, ...Object.fromEntries(read) })) as Value;
}
