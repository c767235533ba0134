import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // Up to 256 hashes of 32 bytes; the last tile of a level grows, and existing hashes do not
  // change.
  sql`create table audit_tiles (
    level integer not null,
    index bigint not null,
    hashes bytea not null,
    primary key (level, index)
  )`,
  sql`create table audit_keys (
    position bigint generated always as identity primary key,
    verifier_key text collate "C" not null unique,
    created_at text collate "C" not null,
    from_size bigint not null,
    to_size bigint
  )`,
  sql`create unique index audit_keys_one_in_use on audit_keys ((true)) where to_size is null`,
  sql`create table audit_checkpoints (
    position bigint generated always as identity primary key,
    size bigint not null,
    note text collate "C" not null,
    at text collate "C" not null,
    unique (size, note)
  )`,
  sql`create trigger audit_checkpoints_append_only before update or delete or truncate on audit_checkpoints
    for each statement execute function audit_append_only()`,
  sql`create trigger audit_keys_stay before delete or truncate on audit_keys
    for each statement execute function audit_append_only()`,
];

/**
 * The data for proofs of the trail: the tree's hashes, the log's public keys, and the checkpoints
 * signed with them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
