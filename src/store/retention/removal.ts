import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Database } from '../schema.ts';

/** The times by which rows are due, ISO 8601. */
export interface Cut {
  /** What is older than this is no longer wanted. */
  before: string;
  /** The same, and at least a week ago: for what something that goes on may still look at. */
  settled: string;
  /** A week ago. */
  week: string;
  now: string;
}

/**
 * One kind of personal data: in which table, which of its rows are due, and what becomes of them.
 */
export interface Removal {
  /** In plain words; several tables may share them. */
  what: string;
  table: keyof Database | 'enrichments' | 'enriched_users';
  /** Rows that are looked up by a key, and the query that gives the keys (as `key`). */
  of?: { column: string; keys: (cut: Cut) => RawBuilder<{ key: string }> };
  /** Which rows (of those); names columns by their table. Must not hold of a row that was `set`. */
  where?: (cut: Cut) => RawBuilder<boolean>;
  /** What the row is left as, where it has to stay; absent: it goes. */
  set?: (cut: Cut) => RawBuilder<unknown>;
}

const always = sql<boolean>`true`;

/** How many rows are due. */
export function countStatement(
  { table, of, where }: Removal,
  cut: Cut,
): RawBuilder<{ rows: number }> {
  const keyed = of
    ? sql<boolean>`${sql.ref(`${table}.${of.column}`)} in (${of.keys(cut)})`
    : always;
  return sql`select count(*) as rows from ${sql.table(table)} where ${keyed} and ${where?.(cut) ?? always}`;
}

/**
 * Takes up to so many rows, of one key where the removal has keys. By their place in the table: a
 * row that somebody changes meanwhile has another one then, and stays. Waits for nobody, so nobody
 * waits for it in a circle.
 */
export function pieceStatement(
  { table, of, where, set }: Removal,
  cut: Cut,
  { key, rows }: { key: string | null; rows: number },
): RawBuilder<unknown> {
  const name = sql.table(table);
  const keyed =
    of && key !== null ? sql<boolean>`${sql.ref(`${table}.${of.column}`)} = ${key}` : always;
  const due = sql`select ctid from ${name} where ${keyed} and ${where?.(cut) ?? always} limit ${rows} for update skip locked`;
  const these = sql`where ${name}.ctid = any(array(${due}))`;
  return set ? sql`update ${name} set ${set(cut)} ${these}` : sql`delete from ${name} ${these}`;
}
