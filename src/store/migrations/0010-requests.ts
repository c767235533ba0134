import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  sql`create table requests (
    position bigint generated always as identity,
    request_id text collate "C" primary key,
    state text collate "C" not null,
    request json not null,
    approval json,
    outcome json,
    updated_at text collate "C" not null
  )`,
  sql`create index requests_by_state on requests (state, position)`,
  sql`create table grants (
    request_id text collate "C" primary key,
    connector text collate "C" not null,
    operation text collate "C" not null,
    args_digest text collate "C" not null,
    principal text collate "C" not null,
    issued_at text collate "C" not null,
    expires_at text collate "C" not null,
    used_at text collate "C"
  )`,
  sql`create table signing_keys (
    kid text collate "C" primary key,
    public_key text collate "C" not null,
    created_at text collate "C" not null,
    revoked_at text collate "C"
  )`,
  sql`create table access_keys (
    name text collate "C" primary key,
    hash text collate "C" not null unique,
    person text collate "C",
    created_at text collate "C" not null,
    revoked_at text collate "C"
  )`,
];

/** Governed operations with their approvals and grants, signing keys and access keys. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
