import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { StoreQueryError } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Database } from './schema.ts';
import type { StoreTransaction } from './types.ts';

/** What PostgreSQL answers to the loser of two simultaneous `create table if not exists`. */
const LOST_CREATION_RACE = ['23505', '42710', '42P07'];

/** Applies what is missing up to this migration, or the last one where none is named. */
export type Migrate = (last?: string) => Promise<void>;

/** Applies what is missing. */
export async function migrateToLatest(db: Kysely<Database>): Promise<void> {
  await whileMigrating(db, (_, migrate) => migrate());
}

/**
 * Runs a task in one transaction that holds a row lock, in which nobody else migrates: kysely's own
 * lock is an advisory one, which does not keep PGlite's clients apart.
 */
export async function whileMigrating<Result>(
  db: Kysely<Database>,
  task: (tx: StoreTransaction, migrate: Migrate) => Promise<Result>,
): Promise<Result> {
  await createLockRow(db);
  return await db.transaction().execute(async (tx) => {
    await sql`select id from arx_migration_lock where id = 1 for update`.execute(tx);
    return await task(tx, async (last) => {
      const migrator = migratorOf(tx);
      const { error } = await (last === undefined
        ? migrator.migrateToLatest()
        : migrator.migrateTo(last));
      if (error) throw error;
    });
  });
}

/** Names of the migrations that the database does not have yet, in order. */
export async function pendingMigrations(db: Kysely<Database>): Promise<string[]> {
  const all = await migratorOf(db).getMigrations();
  return all.filter(({ executedAt }) => !executedAt).map(({ name }) => name);
}

/**
 * Names of the migrations that the database has, in order, also those that only a newer version
 * knows.
 */
export async function readAppliedMigrations(db: Kysely<Database>): Promise<string[]> {
  const there = await sql<{
    found: boolean;
  }>`select to_regclass('kysely_migration') is not null as found`.execute(db);
  if (!there.rows[0]?.found) return [];
  const { rows } = await sql<{
    name: string;
  }>`select name from kysely_migration order by name collate "C"`.execute(db);
  return rows.map(({ name }) => name);
}

function migratorOf(db: Kysely<Database>): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
}

async function createLockRow(db: Kysely<Database>): Promise<void> {
  try {
    await sql`create table if not exists arx_migration_lock (id integer primary key)`.execute(db);
  } catch (error) {
    if (!(error instanceof StoreQueryError && LOST_CREATION_RACE.includes(error.sqlState)))
      throw error;
  }
  await sql`insert into arx_migration_lock (id) values (1) on conflict do nothing`.execute(db);
}
