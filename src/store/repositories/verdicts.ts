import { sql } from 'kysely';
import { NotStoredError } from '../errors.ts';
import type { StoreTransaction, VerdictRecord } from '../types.ts';

/** A verdict and whom it is about. */
export interface UserVerdict extends VerdictRecord {
  run: string;
  userId: string;
}

/** Writes verdicts in one statement; of several about one user the last one stands. Gives the failure of each, or null. */
export async function writeVerdicts(
  tx: StoreTransaction,
  verdicts: readonly UserVerdict[],
): Promise<(NotStoredError | null)[]> {
  const last = [...new Map(verdicts.map((one) => [keyOf(one.run, one.userId), one])).values()];
  const column = (pick: (one: UserVerdict) => string): string[] => last.map(pick);
  const { rows } = await sql<{ run: string; user_id: string }>`
    update run_users u
    set verdict = v.verdict, reason = v.reason, factors = v.factors::json, checked_at = v.checked_at
    from unnest(
      ${column(({ run }) => run)}::text[], ${column(({ userId }) => userId)}::text[],
      ${column(({ verdict }) => verdict)}::text[], ${column(({ reason }) => reason)}::text[],
      ${column(({ factors }) => JSON.stringify(factors))}::text[], ${column(({ checkedAt }) => checkedAt)}::text[]
    ) as v(run, user_id, verdict, reason, factors, checked_at)
    where u.run = v.run and u.user_id = v.user_id
    returning u.run, u.user_id`.execute(tx);
  const written = new Set(rows.map(({ run, user_id }) => keyOf(run, user_id)));
  return verdicts.map(({ run, userId }) => (written.has(keyOf(run, userId)) ? null : notListed(run, userId)));
}

const keyOf = (run: string, userId: string): string => JSON.stringify([run, userId]);

/** For a user who is on no stored page of the run. */
export function notListed(run: string, userId: string): NotStoredError {
  return new NotStoredError(`user ${userId} is not listed in run ${run}: store its page first`);
}
