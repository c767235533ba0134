import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { OvertakenError } from '../../audit/errors.ts';
import type { Database } from '../schema.ts';
import type { StoreTransaction } from '../types.ts';

/** One attempt of an activity. */
export interface ActivityAttempt {
  /** Unique in the Temporal namespace: run id and activity id. */
  activity: string;
  /** From 1. */
  attempt: number;
}

/** The attempt in whose course the store is called; null outside of activities. */
export type CurrentAttempt = () => ActivityAttempt | null;

/**
 * Tells attempts of one activity apart, so that one that timed out while it was still at work
 * writes nothing more.
 */
export interface AttemptRepository {
  /**
   * Makes the current attempt the only one that may write. Throws OvertakenError where a later one
   * has begun.
   */
  takeOver(): Promise<void>;
  /** Throws OvertakenError where a later attempt has begun. */
  check(): Promise<void>;
}

/** Longer than any activity goes on trying. */
const KEPT = '30 days';

/**
 * Keeps overtaken attempts from writing. Taking over and every fenced write lock the end of the
 * audit trail first, so each write comes either wholly before a takeover, whose attempt then reads
 * it, or after it, and is refused.
 */
export class AttemptFence implements AttemptRepository {
  readonly #db: Kysely<Database>;
  readonly current: CurrentAttempt;

  constructor(db: Kysely<Database>, current: CurrentAttempt = () => null) {
    this.#db = db;
    this.current = current;
  }

  async takeOver(): Promise<void> {
    const mine = this.current();
    // A first attempt overtakes nobody, and later attempts are on record.
    if (mine === null || mine.attempt <= 1) return;
    await this.#db.transaction().execute(async (tx) => {
      await tx
        .updateTable('audit_head')
        .set((eb) => ({ takeovers: eb('takeovers', '+', 1) }))
        .where('id', '=', 1)
        .execute();
      await tx
        .insertInto('activity_attempts')
        .values(mine)
        .onConflict((conflict) =>
          conflict
            .column('activity')
            .doUpdateSet({ attempt: mine.attempt, at: sql`now()` })
            .where('activity_attempts.attempt', '<', mine.attempt),
        )
        .execute();
      await refuseOvertaken(tx, [mine]);
      await sql`delete from activity_attempts where at < now() - ${KEPT}::interval`.execute(tx);
    });
  }

  async check(): Promise<void> {
    const mine = this.current();
    if (mine !== null) await refuseOvertaken(this.#db, [mine]);
  }

  /**
   * Runs a write of the current attempt. In a given transaction, an append has checked it already.
   */
  async write<Result>(
    tx: StoreTransaction | null,
    work: (on: Kysely<Database>) => Promise<Result>,
  ): Promise<Result> {
    const mine = this.current();
    if (tx !== null || mine === null) return await work(tx ?? this.#db);
    return await this.#db.transaction().execute(async (own) => {
      await own.selectFrom('audit_head').select('id').where('id', '=', 1).forShare().execute();
      await refuseOvertaken(own, [mine]);
      return await work(own);
    });
  }
}

/** Throws OvertakenError for the first of the attempts that is not the last one of its activity. */
async function refuseOvertaken(
  db: Kysely<Database>,
  attempts: readonly ActivityAttempt[],
): Promise<void> {
  const [overtaken] = await findOvertaken(db, attempts);
  if (overtaken) throw new OvertakenError(overtaken.attempt);
}

/** Those of the attempts after which a later one of the same activity has begun. */
export async function findOvertaken(
  db: Kysely<Database>,
  attempts: readonly ActivityAttempt[],
): Promise<ActivityAttempt[]> {
  if (attempts.length === 0) return [];
  const names = [...new Set(attempts.map(({ activity }) => activity))];
  const { rows } = await sql<ActivityAttempt>`
    select activity, attempt from activity_attempts where activity = any(${names}::text[])`.execute(
    db,
  );
  const last = new Map(rows.map(({ activity, attempt }) => [activity, attempt]));
  return attempts.filter(({ activity, attempt }) => attempt < (last.get(activity) ?? 0));
}
