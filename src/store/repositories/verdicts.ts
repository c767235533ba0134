import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { NotStoredError } from '../errors.ts';
import { textArray } from '../text-array.ts';
import type { StoreTransaction } from '../types.ts';
import type { VerdictRecord } from '../run-types.ts';

/** A verdict about a user of a run. */
export interface UserVerdict extends VerdictRecord {
  run: string;
  userId: string;
}

/**
 * An effect that only writes one verdict. The journal can write it together with the entry, without
 * a transaction.
 */
export class VerdictWrite {
  readonly verdict: UserVerdict;
  constructor(verdict: UserVerdict) {
    this.verdict = verdict;
  }
}

/** The last verdict for each user. */
export const latestOf = (verdicts: readonly UserVerdict[]): UserVerdict[] => [
  ...new Map(verdicts.map((one) => [keyOf(one.run, one.userId), one])).values(),
];

/** Verdicts as rows `v` of a statement whose text does not depend on their number. */
export function verdictRows(verdicts: readonly UserVerdict[]): RawBuilder<unknown> {
  const column = (pick: (one: UserVerdict) => string | null) => textArray(verdicts.map(pick));
  return sql`unnest(
      ${column(({ run }) => run)}::text[], ${column(({ userId }) => userId)}::text[],
      ${column(({ verdict }) => verdict)}::text[], ${column(({ reason }) => reason)}::text[],
      ${column(({ factors }) => JSON.stringify(factors))}::text[], ${column(({ checkedAt }) => checkedAt)}::text[],
      ${column(({ takenOver }) => takenOver?.run ?? null)}::text[], ${column(({ takenOver }) => takenOver?.at ?? null)}::text[]
    ) as v(run, user_id, verdict, reason, factors, checked_at, read_run, read_at)`;
}

/** The columns of a row `u` that a row `v` sets. */
export const VERDICT_COLUMNS = sql`verdict = v.verdict, reason = v.reason, factors = v.factors::json,
      checked_at = v.checked_at, read_run = v.read_run, read_at = v.read_at`;

/**
 * Writes verdicts in one statement; of several for one user the last one counts. Returns the
 * failure of each, or null.
 */
export async function writeVerdicts(
  tx: StoreTransaction,
  verdicts: readonly UserVerdict[],
): Promise<(NotStoredError | null)[]> {
  const { rows } = await sql<{ run: string; user_id: string }>`
    update run_users u
    set ${VERDICT_COLUMNS}
    from ${verdictRows(latestOf(verdicts))}
    where u.run = v.run and u.user_id = v.user_id
    returning u.run, u.user_id`.execute(tx);
  const written = new Set(rows.map(({ run, user_id }) => keyOf(run, user_id)));
  return verdicts.map(({ run, userId }) =>
    written.has(keyOf(run, userId)) ? null : notListed(run, userId),
  );
}

const keyOf = (run: string, userId: string): string => JSON.stringify([run, userId]);

/** The error for a user who is not on a stored page of the run. */
export function notListed(run: string, userId: string): NotStoredError {
  return new NotStoredError(
    `internal error: user ${userId} is not listed in run ${run}; the page of the user must be stored before the verdict`,
  );
}
