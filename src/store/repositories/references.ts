import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import type { Referable, ReferenceReader } from '../name-types.ts';
import type { Database } from '../schema.ts';

/** For each kind of thing: its ids that begin with a pattern, newest first. */
const QUERIES: Readonly<Record<Referable, (pattern: string, limit: number) => RawBuilder<Found>>> =
  {
    run: (pattern, limit) =>
      sql`select run as id from runs where run like ${pattern} order by started_at desc limit ${limit}`,
    request: (pattern, limit) =>
      sql`select request_id as id from requests where request_id like ${pattern} order by position desc limit ${limit}`,
    'flow run': (pattern, limit) =>
      sql`select run as id from flow_runs where run like ${pattern} order by position desc limit ${limit}`,
    sync: (pattern, limit) =>
      sql`select run as id from twin_syncs where run like ${pattern} order by position desc limit ${limit}`,
    // The hash of an entry is in its text only. Nobody names entries often enough for an index.
    'audit entry': (pattern, limit) =>
      sql`select index::text as id from audit_entries where text like ${`%"hash":"${pattern}`} order by index desc limit ${limit}`,
  };

interface Found {
  id: string;
}

/** Finds runs, requests, syncs and entries by the beginnings of their ids. */
export const createReferenceReader = (db: Kysely<Database>): ReferenceReader => ({
  async startingWith(what, beginning, limit) {
    const pattern = `${beginning.replace(/[\\%_]/g, '\\$&')}%`;
    const { rows } = await QUERIES[what](pattern, limit).execute(db);
    return rows.map(({ id }) => id);
  },
});
