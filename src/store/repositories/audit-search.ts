import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import type { AuditEntry } from '../../audit/types.ts';
import type { Database } from '../schema.ts';
import type { AuditMark, AuditSearch, AuditSearchPage } from '../types.ts';

/** Most entries that one search reads, unless an index finds them. */
const WINDOW = 20_000;

type Condition = RawBuilder<boolean>;

/**
 * The entries that meet all conditions, newest first. A search without an index reads a bounded part
 * of the trail, so a page may be short although older entries follow.
 */
export async function searchAudit(
  db: Kysely<Database>,
  { before: given, limit, ...conditions }: AuditSearch,
): Promise<AuditSearchPage> {
  const before = given ?? (await countEntries(db));
  const isIndexed = conditions.run !== undefined;
  const floor = isIndexed ? 0 : Math.max(0, before - WINDOW);
  const all = [
    sql<boolean>`index < ${before} and index >= ${floor} and workflow_id <> ''`,
    ...conditionsOf(conditions),
  ];
  const { rows } = await sql<{ index: number; text: string }>`
    select index, text from audit_entries where ${sql.join(all, sql` and `)}
    order by index desc limit ${limit}`.execute(db);
  const last = rows.length === limit ? (rows.at(-1)?.index ?? 0) : floor;
  return {
    items: rows.map(({ index, text }) => ({ index, entry: JSON.parse(text) as AuditEntry })),
    next: last > 0 ? last : null,
  };
}

/** What the entries of a range are about; requests to start something have no run yet. */
export async function readMarks(
  db: Kysely<Database>,
  from: number,
  to: number,
): Promise<AuditMark[]> {
  const { rows } = await sql<AuditMark>`
    select distinct split_part(kind, '.', 1) as family, run,
      case when kind like 'approval.%' then subject end as request
    from audit_entries
    where index >= ${from} and index < ${to} and workflow_id <> '' and kind not like '%.requested'
    `.execute(db);
  return rows;
}

async function countEntries(db: Kysely<Database>): Promise<number> {
  const head = db.selectFrom('audit_head').select('entries').where('id', '=', 1);
  return (await head.executeTakeFirstOrThrow()).entries;
}

function conditionsOf(given: Omit<AuditSearch, 'before' | 'limit'>): Condition[] {
  const { run, kinds, since, until, actor, operation, outcome, target } = given;
  return [
    ...(run === undefined ? [] : [sql<boolean>`run = ${run}`]),
    ...(kinds === undefined ? [] : [sql<boolean>`kind = any(${[...kinds]}::text[])`]),
    ...(since === undefined ? [] : [sql<boolean>`at >= ${since}`]),
    ...(until === undefined ? [] : [sql<boolean>`at < ${until}`]),
    ...(actor === undefined ? [] : [hasValue(actor, sql`#>> '{actor,principal}'`)]),
    ...(operation === undefined ? [] : [hasValue(operation, sql`->> 'operation'`)]),
    ...(outcome === undefined ? [] : [hasValue(outcome, sql`#>> '{outcome,code}'`)]),
    ...(target === undefined
      ? []
      : [sql<boolean>`(subject = ${target} or ${hasValue(target, sql`->> 'target'`)})`]),
  ];
}

/** Only texts that contain the value are parsed. */
const hasValue = (value: string, path: RawBuilder<unknown>): Condition => sql<boolean>`case
  when strpos(text, ${JSON.stringify(value)}) > 0 then text::json ${path} = ${value} else false end`;
