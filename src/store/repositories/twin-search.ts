import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';
import { ENTRY, plainTerm, TERM } from '../search-parts.ts';
import type { SearchHit, SearchPart, TwinSearchRepository } from '../twin-search-types.ts';
import type { StoreTransaction } from '../types.ts';

/** Parts that one question brings here, and parts that one statement stores. */
const PARTS_A_LOOK = 10;
const PARTS_A_STATEMENT = 50;
const LONGEST = 200;

/** What is searched: the terms of all entries as long texts, in lower case. Alike on PostgreSQL and PGlite. */
export function createTwinSearchRepository(db: Kysely<Database>): TwinSearchRepository {
  return {
    rebuild: (tx, org, parts) => rebuild(tx, org, parts),
    async find(org, text, limit) {
      const wanted = plainTerm(text).slice(0, LONGEST).trim();
      if (wanted === '' || limit <= 0) return [];
      const beginnings = await look(db, { org, wanted: TERM + wanted, limit, except: new Set() });
      const rest = { org, wanted, limit: limit - beginnings.length, except: new Set(beginnings.map(keyOf)) };
      return [...beginnings, ...(await look(db, rest))];
    },
  };
}

const keyOf = ({ kind, id, label }: SearchHit): string => `${kind} ${id} ${label}`;

async function rebuild(tx: StoreTransaction, org: string, parts: readonly SearchPart[]): Promise<void> {
  await tx.deleteFrom('twin_search').where('org', '=', org).execute();
  for (let first = 0; first < parts.length; first += PARTS_A_STATEMENT) {
    const rows = parts.slice(first, first + PARTS_A_STATEMENT).map((part, n) => ({ org, part: first + n, ...part }));
    await tx.insertInto('twin_search').values(rows).execute();
  }
}

interface Look {
  org: string;
  wanted: string;
  limit: number;
  except: ReadonlySet<string>;
}

async function look(db: Kysely<Database>, { org, wanted, limit, except }: Look): Promise<SearchHit[]> {
  const hits: SearchHit[] = [];
  for (let after: number | undefined = -1; after !== undefined && hits.length < limit;) {
    const { rows }: { rows: Part[] } = await sql<Part>`
      select part, body, entries from twin_search
      where org = ${org} and part > ${after} and strpos(body, ${wanted}) > 0
      order by part limit ${PARTS_A_LOOK}`.execute(db);
    hits.push(...rows.flatMap((row) => matching(row, wanted)).filter((hit) => !except.has(keyOf(hit))));
    after = rows.length === PARTS_A_LOOK ? rows.at(-1)?.part : undefined;
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
