import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';
import type { SearchHit, TwinSearchRepository } from '../twin-types.ts';
import type { StoreTransaction } from '../types.ts';

/** Entries of one part: a search goes through parts whole, which costs a tenth of looking at rows one by one. */
const ENTRIES_A_PART = 200;
/** Parts that one question brings here, and parts that one statement stores. */
const PARTS_A_LOOK = 10;
const PARTS_A_STATEMENT = 50;
const LONGEST = 200;
/** Separates entries, and the terms of one; neither can be searched for. */
const ENTRY = '\n';
const TERM = '\t';

interface Entry {
  hit: SearchHit;
  terms: readonly string[];
}

/** What is searched: the terms of all entries as long texts, in lower case. Alike on PostgreSQL and PGlite. */
export function createTwinSearchRepository(db: Kysely<Database>): TwinSearchRepository {
  return {
    rebuild: (tx, org, entries) => rebuild(tx, org, entries),
    async find(org, text, limit) {
      const wanted = plain(text).slice(0, LONGEST).trim();
      if (wanted === '' || limit <= 0) return [];
      const beginnings = await look(db, { org, wanted: TERM + wanted, limit, except: new Set() });
      const rest = { org, wanted, limit: limit - beginnings.length, except: new Set(beginnings.map(keyOf)) };
      return [...beginnings, ...(await look(db, rest))];
    },
  };
}

const plain = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').toLowerCase();
const keyOf = ({ kind, id, label }: SearchHit): string => `${kind} ${id} ${label}`;

async function rebuild(tx: StoreTransaction, org: string, entries: readonly Entry[]): Promise<void> {
  await tx.deleteFrom('twin_search').where('org', '=', org).execute();
  const count = Math.ceil(entries.length / ENTRIES_A_PART);
  for (let first = 0; first < count; first += PARTS_A_STATEMENT) {
    const rows = Array.from({ length: Math.min(PARTS_A_STATEMENT, count - first) }, (_, n) => {
      const from = (first + n) * ENTRIES_A_PART;
      const chunk = entries.slice(from, from + ENTRIES_A_PART);
      const body = chunk.map(({ terms }) => TERM + terms.map(plain).join(TERM)).join(ENTRY);
      return { org, part: first + n, body, entries: JSON.stringify(chunk.map(({ hit }) => hit)) };
    });
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
