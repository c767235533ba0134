import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { StoreQueryError } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Database } from './schema.ts';
import type { StoreTransaction } from './types.ts';

/** The errors of PostgreSQL for the loser of two simultaneous `create table if not exists`. */
const LOST_CREATION_RACE = ['23505', '42710', '42P07'];

/** Applies the missing migrations up to this one; without a name, all of them. */
export type Migrate = (last?: string) => Promise<void>;

/** Applies the missing migrations. */
export async function migrateToLatest(db: Kysely<Database>): Promise<void> {
  await whileMigrating(db, (_, migrate) => migrate());
}

/**
 * Runs a task in one transaction that holds a row lock, so that no other process migrates. Kysely's
 * own lock is advisory, which does not separate PGlite's clients.
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

/** The names of the missing migrations, in order. */
export async function pendingMigrations(db: Kysely<Database>): Promise<string[]> {
  const all = await migratorOf(db).getMigrations();
  return all.filter(({ executedAt }) => !executedAt).map(({ name }) => name);
}

/**
 * The names of the applied migrations, in order, including those that only a newer version knows.
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
