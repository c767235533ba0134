import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { AuditEntry, AuditKind } from '../../audit/types.ts';
import type { Database } from '../schema.ts';
import type { AuditFilter, AuditReader } from '../types.ts';
import { readMarks, searchAudit } from './audit-search.ts';
import { createAuditRemoval } from './audit-removal.ts';

/** Reads the trail, without locks or open transactions. */
export function createAuditReader(db: Kysely<Database>): AuditReader {
  const matching = (filter: AuditFilter) => {
    const { run, kind, subject, since, until, after, limit, newestFirst = false } = filter;
    return db
      .selectFrom('audit_entries')
      .select(['index', 'text'])
      .$if(run !== undefined, (query) => query.where('run', '=', run!))
      .$if(kind !== undefined, (query) => query.where('kind', '=', kind!))
      .$if(subject !== undefined, (query) => query.where('subject', '=', subject!))
      .$if(since !== undefined, (query) => query.where('at', '>=', new Date(since!).toISOString()))
      .$if(until !== undefined, (query) => query.where('at', '<=', new Date(until!).toISOString()))
      .$if(after !== undefined, (query) => query.where('index', '>', after!))
      .$if(limit !== undefined, (query) => query.limit(limit!))
      .where((is) => is.and(contentConditions(filter)))
      .orderBy('index', newestFirst ? 'desc' : 'asc');
  };

  return {
    async head() {
      return await db
        .selectFrom('audit_head')
        .select(['entries', 'head'])
        .where('id', '=', 1)
        .executeTakeFirstOrThrow();
    },
    async list(filter) {
      const rows = await matching(filter).where('workflow_id', '<>', '').execute();
      return rows.map(({ index, text }) => ({ index, entry: JSON.parse(text) as AuditEntry }));
    },
    marks: (from, to) => readMarks(db, from, to),
    search: (wanted) => searchAudit(db, wanted),
    async get(reference) {
      const rows = db.selectFrom('audit_entries').select(['index', 'text']);
      // An id contains slashes, so it cannot be mistaken for an index.
      const byIndex = /^\d{1,15}$/.test(reference);
      const row = byIndex
        ? rows.where('index', '=', Number(reference))
        : rows.where('id', '=', reference);
      return (await row.executeTakeFirst()) ?? null;
    },
    async *pages(size, filter = {}) {
      let left = filter.limit ?? Infinity;
      let after = filter.after;
      while (left > 0) {
        const limit = Math.min(size, left);
        const rows = await matching({ ...filter, after, limit }).execute();
        if (rows.length > 0) yield rows;
        if (rows.length < limit) return;
        left -= rows.length;
        after = rows.at(-1)?.index;
      }
    },
    removal: createAuditRemoval(db),
    async countByKind(run) {
      const rows = await db
        .selectFrom('audit_entries')
        .select((eb) => ['kind', eb.fn.countAll<number>().as('entries')])
        .where('run', '=', run)
        .groupBy('kind')
        .execute();
      return Object.fromEntries(rows.map(({ kind, entries }) => [kind as AuditKind, entries]));
    },
  };
}

type Condition = ReturnType<typeof sql<boolean>>;

/** Conditions about what is only in the text of an entry. */
function contentConditions({ actors, operation, targets, outcomes }: AuditFilter): Condition[] {
  const at = (...path: string[]) => sql<string>`(text::jsonb #>> ${`{${path.join(',')}}`}::text[])`;
  const oneOf = (value: Condition | ReturnType<typeof at>, words: readonly string[]): Condition =>
    sql<boolean>`lower(${value}) in (${sql.join(words.map((word) => word.toLowerCase()))})`;
  const anyOf = (values: ReturnType<typeof at>[], words: readonly string[]): Condition =>
    sql<boolean>`(${sql.join(
      values.map((value) => oneOf(value, words)),
      sql` or `,
    )})`;
  return [
    ...(actors === undefined ? [] : [oneOf(at('actor', 'principal'), actors)]),
    ...(operation === undefined
      ? []
      : [
          sql<boolean>`coalesce(${at('operation')}, ${at('outcome', 'operation')}) like ${likePattern(operation)}`,
        ]),
    ...(targets === undefined
      ? []
      : [anyOf([at('target'), at('subject'), at('outcome', 'target')], targets)]),
    ...(outcomes === undefined
      ? []
      : [
          anyOf(
            [
              sql<string>`split_part(kind, '.', 2)`,
              ...OUTCOME_FIELDS.map((name) => at('outcome', name)),
            ],
            outcomes,
          ),
        ]),
  ];
}

const OUTCOME_FIELDS = ['outcome', 'state', 'status', 'verdict', 'code'] as const;

const likePattern = (glob: string): string => glob.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
