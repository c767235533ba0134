import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { StoreQueryError } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Database } from './schema.ts';

/** What PostgreSQL answers to the loser of two simultaneous `create table if not exists`. */
const LOST_CREATION_RACE = ['23505', '42710', '42P07'];

/**
 * Applies what is missing, in one transaction that holds a row lock: kysely's own lock is an advisory one, which does
 * not keep PGlite's clients apart.
 */
export async function migrateToLatest(db: Kysely<Database>): Promise<void> {
  await createLockRow(db);
  await db.transaction().execute(async (tx) => {
    await sql`select id from arx_migration_lock where id = 1 for update`.execute(tx);
    const { error } = await migratorOf(tx).migrateToLatest();
    if (error) throw error;
  });
}

/** Names of the migrations that the database does not have yet, in order. */
export async function pendingMigrations(db: Kysely<Database>): Promise<string[]> {
  const all = await migratorOf(db).getMigrations();
  return all.filter(({ executedAt }) => !executedAt).map(({ name }) => name);
}

function migratorOf(db: Kysely<Database>): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
}

async function createLockRow(db: Kysely<Database>): Promise<void> {
  try {
    await sql`create table if not exists arx_migration_lock (id integer primary key)`.execute(db);
  } catch (error) {
    if (!(error instanceof StoreQueryError && LOST_CREATION_RACE.includes(error.sqlState))) throw error;
  }
  await sql`insert into arx_migration_lock (id) values (1) on conflict do nothing`.execute(db);
}
