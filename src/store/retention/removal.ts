import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Database } from '../schema.ts';

/** The times that decide which rows are due; ISO 8601. */
export interface Cut {
  /** Older data is past its retention period. */
  before: string;
  /** The same, but at least a week ago: for data that running work may still need. */
  settled: string;
  /** A week ago. */
  week: string;
  now: string;
}

/** One kind of personal data: its table, which rows are due, and what is done with them. */
export interface Removal {
  /** Description in plain words; several tables may share one. */
  what: string;
  table: keyof Database | 'enrichments' | 'enriched_users';
  /** For rows that are looked up by a key: the query that returns the keys (as `key`). */
  of?: { column: string; keys: (cut: Cut) => RawBuilder<{ key: string }> };
  /**
   * Condition for due rows, with column names qualified by the table. It must be false for a row
   * that was `set`.
   */
  where?: (cut: Cut) => RawBuilder<boolean>;
  /** The new values of a row that must stay; if absent, the row is deleted. */
  set?: (cut: Cut) => RawBuilder<unknown>;
}

const always = sql<boolean>`true`;

/** The statement that counts the due rows. */
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
 * The statement that removes up to `rows` rows, of one key if the removal has keys. Rows are
 * selected by their position in the table: a row that changes in the meantime gets another position
 * and stays. Locked rows are skipped, so there are no deadlocks.
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
