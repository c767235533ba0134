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

/** Returns the attempt that is calling the store; null outside activities. */
export type CurrentAttempt = () => ActivityAttempt | null;

/**
 * Distinguishes the attempts of one activity, so that an attempt that timed out while still running
 * writes nothing more.
 */
export interface AttemptRepository {
  /**
   * Makes the current attempt the only one that may write. Throws OvertakenError if a later one has
   * begun.
   */
  takeOver(): Promise<void>;
  /** Throws OvertakenError if a later attempt has begun. */
  check(): Promise<void>;
}

/** Longer than any activity is retried. */
const KEPT = '30 days';

/**
 * Prevents overtaken attempts from writing. Takeovers and fenced writes first lock the end of the
 * audit trail, so every write is either completed before a takeover, whose attempt then reads it,
 * or comes after it and is refused.
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
    // A first attempt overtakes no other, so only later attempts are recorded.
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
   * Runs a write of the current attempt. With a given transaction, the append has already checked
   * the attempt.
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

/** Throws OvertakenError for the first attempt that is not the last one of its activity. */
async function refuseOvertaken(
  db: Kysely<Database>,
  attempts: readonly ActivityAttempt[],
): Promise<void> {
  const [overtaken] = await findOvertaken(db, attempts);
  if (overtaken) throw new OvertakenError(overtaken.attempt);
}

/** The attempts that a later attempt of the same activity has overtaken. */
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
