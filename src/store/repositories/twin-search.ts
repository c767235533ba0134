import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';
import { ENTRY, GONE_FROM, plainTerm, TERM } from '../search-parts.ts';
import type { Attempt } from '../twin-judged-types.ts';
import type { SearchHit, SearchPart, TwinSearchRepository } from '../twin-search-types.ts';
import type { StoreTransaction } from '../types.ts';

/** Parts that one query reads, and parts that one statement stores. */
const PARTS_PER_QUERY = 20;
const PARTS_PER_STATEMENT = 50;
const MAX_LENGTH = 200;

/**
 * Full-text search over the terms of all entries, stored as long lower-case texts. Works the same
 * on PostgreSQL and PGlite.
 */
export function createTwinSearchRepository(db: Kysely<Database>): TwinSearchRepository {
  return {
    add: addParts,
    turn,
    async find(org, text, limit) {
      const wanted = plainTerm(text).slice(0, MAX_LENGTH).trim();
      if (wanted === '' || limit <= 0) return [];
      const there = await beginningsFirst(db, { org, wanted, limit, from: 0, to: GONE_FROM });
      const gone = { org, wanted, limit: limit - there.length, from: GONE_FROM, to: 2 * GONE_FROM };
      return [...there, ...(await beginningsFirst(db, gone))];
    },
  };
}

async function beginningsFirst(
  db: Kysely<Database>,
  range: Omit<Look, 'except'>,
): Promise<SearchHit[]> {
  const { wanted, limit } = range;
  const beginnings = await look(db, { ...range, wanted: TERM + wanted, except: new Set() });
  const except = new Set(beginnings.map(keyOf));
  return [
    ...beginnings,
    ...(await look(db, { ...range, limit: limit - beginnings.length, except })),
  ];
}

const keyOf = ({ kind, id, label }: SearchHit): string => `${kind} ${id} ${label}`;

/** Stores parts of an index that is being built. */
export async function addParts(
  tx: StoreTransaction,
  { org, run, attempt }: Attempt,
  parts: readonly SearchPart[],
): Promise<void> {
  for (let first = 0; first < parts.length; first += PARTS_PER_STATEMENT) {
    const rows = parts
      .slice(first, first + PARTS_PER_STATEMENT)
      .map((part) => ({ org, run, attempt, ...part }));
    await tx.insertInto('twin_search').values(rows).execute();
  }
}

/**
 * Makes an index the one that is searched. Indexes of runs that have not ended are kept, because
 * they are still being built.
 */
async function turn(tx: StoreTransaction, { org, run, attempt }: Attempt): Promise<void> {
  await sql`
    insert into twin_searched (org, run, attempt) values (${org}, ${run}, ${attempt})
    on conflict (org) do update set run = excluded.run, attempt = excluded.attempt`.execute(tx);
  await sql`
    delete from twin_search s where org = ${org} and (run, attempt) <> (${run}, ${attempt})
      and (run = ${run} or not exists (
        select 1 from twin_syncs y where y.run = s.run and y.finished_at is null))`.execute(tx);
}

interface Look {
  org: string;
  wanted: string;
  limit: number;
  /** The first part, and the part before which the search ends. */
  from: number;
  to: number;
  except: ReadonlySet<string>;
}

async function look(
  db: Kysely<Database>,
  { org, wanted, limit, from, to, except }: Look,
): Promise<SearchHit[]> {
  const hits: SearchHit[] = [];
  for (let after: number | undefined = from - 1; after !== undefined && hits.length < limit;) {
    const { rows }: { rows: Part[] } = await sql<Part>`
      select part, body, entries from twin_search natural join twin_searched
      where org = ${org} and part > ${after} and part < ${to} and strpos(body, ${wanted}) > 0
      order by part limit ${PARTS_PER_QUERY}`.execute(db);
    hits.push(
      ...rows.flatMap((row) => matching(row, wanted)).filter((hit) => !except.has(keyOf(hit))),
    );
    after = rows.length === PARTS_PER_QUERY ? rows.at(-1)?.part : undefined;
  }
  return hits.slice(0, limit);
}

interface Part {
  part: number;
  body: string;
  entries: SearchHit[];
}

const matching = ({ body, entries }: Part, wanted: string): SearchHit[] =>
  body.split(ENTRY).flatMap((line, n) => (line.includes(wanted) ? (entries[n] ?? []) : []));
