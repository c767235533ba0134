import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import { placeEntry, idAt } from '../../audit/entry.ts';
import type { PlacedEntry, PreparedEntry } from '../../audit/entry.ts';
import type { AuditReceipt } from '../../audit/types.ts';
import type { ActivityAttempt } from './attempts.ts';
import { StoreQueryError } from '../errors.ts';
import { attemptsOf, entryRows } from './journal-write.ts';
import type { Append, ChainEnd, Sequenced, Written } from './journal-write.ts';
import { nativeLeafHash } from './leaf-hash.ts';
import { latestOf, VERDICT_COLUMNS, VerdictWrite, verdictRows } from '../repositories/verdicts.ts';
import type { UserVerdict } from '../repositories/verdicts.ts';
import type { Database } from '../schema.ts';
import { textArray } from '../text-array.ts';

/**
 * Writes appends in one statement instead of a transaction of six. This is possible if each entry
 * has its sequence, the effects only write verdicts, and the chain still ends where this process
 * left it. Otherwise, or if anything is refused, returns null: nothing has been written, and the
 * caller uses a transaction.
 */
export async function writeQuickly(
  db: Kysely<Database>,
  appends: readonly Append[],
  end: ChainEnd,
): Promise<Written | null> {
  const verdicts = verdictsOf(appends);
  const drafts = verdicts && uniqueDrafts(appends);
  if (!drafts) return null;
  const fresh = place(drafts, end.head);
  const moved = {
    ...end,
    entries: end.entries + fresh.length,
    head: fresh.at(-1)?.hash ?? end.head,
  };
  if (!(await write(db, { end, moved, fresh, verdicts, attempts: attemptsOf(appends) })))
    return null;
  return {
    appends: receiptsOf(appends, fresh).map((receipts) => ({ receipts, overtaken: false })),
    end: moved,
  };
}

/** Whether no attempt was overtaken, as far as this statement can see. */
function areCurrent(attempts: readonly ActivityAttempt[]): RawBuilder<boolean> {
  const distinct = [
    ...new Map(attempts.map((one) => [`${one.activity} ${one.attempt}`, one])).values(),
  ];
  if (distinct.length === 0) return sql<boolean>`true`;
  const activities = textArray(distinct.map(({ activity }) => activity));
  return sql<boolean>`not exists (
    select 1 from activity_attempts a
    join unnest(${activities}::text[], ${distinct.map(({ attempt }) => attempt)}::int[]) as mine(activity, attempt)
      on a.activity = mine.activity and a.attempt > mine.attempt
  )`;
}

type Placed = Sequenced & PlacedEntry;

/** The verdicts that the effects write; null if an effect does anything else. */
function verdictsOf(appends: readonly Append[]): UserVerdict[] | null {
  const verdicts: UserVerdict[] = [];
  for (const { effect } of appends) {
    if (!effect) continue;
    if (!(effect.writes instanceof VerdictWrite)) return null;
    verdicts.push(effect.writes.verdict);
  }
  return verdicts;
}

/** Null if a sequence is missing or an entry occurs twice. */
function uniqueDrafts(appends: readonly Append[]): Sequenced[] | null {
  const drafts = appends.flatMap((append) => append.drafts);
  const found = new Map<string, Sequenced>();
  for (const prepared of drafts) {
    const { sequence } = prepared;
    if (sequence === undefined) return null;
    const id = idAt(prepared, sequence);
    found.set(id, { prepared, sequence, id });
  }
  return found.size === drafts.length && drafts.length > 0 ? [...found.values()] : null;
}

function place(drafts: readonly Sequenced[], head: string): Placed[] {
  let prevHash = head;
  return drafts.map((draft) => {
    const placed = placeEntry(
      draft.prepared,
      { sequence: draft.sequence, prevHash },
      nativeLeafHash,
    );
    prevHash = placed.hash;
    return { ...draft, ...placed };
  });
}

function receiptsOf(appends: readonly Append[], fresh: readonly Placed[]): AuditReceipt[][] {
  const receipts = fresh.map(({ id, hash }) => ({ id, hash, repeated: false })).values();
  return appends.map(({ drafts }) => drafts.map((_: PreparedEntry) => receipts.next().value!));
}

interface Quick {
  end: ChainEnd;
  moved: ChainEnd;
  fresh: readonly Placed[];
  verdicts: readonly UserVerdict[];
  attempts: readonly ActivityAttempt[];
}

/**
 * False if the chain has grown in the meantime, an attempt was overtaken, or a user with a verdict
 * is not listed. A takeover that this statement does not see yet changes the count of takeovers
 * before the row is locked.
 */
async function write(
  db: Kysely<Database>,
  { end, moved, fresh, verdicts, attempts }: Quick,
): Promise<boolean> {
  const judged = latestOf(verdicts);
  const rows = verdictRows(judged);
  const listed = sql`(
    select count(*) from run_users u, ${rows} where u.run = v.run and u.user_id = v.user_id
  ) = ${judged.length}::bigint`;
  const statement = sql`
    with moved as (
      update audit_head set entries = ${moved.entries}, head = ${moved.head}
      where id = 1 and head = ${end.head} and takeovers = ${end.takeovers} and ${listed} and ${areCurrent(attempts)}
      returning id
    ), placed as (
      insert into audit_entries (index, id, workflow_id, run, kind, subject, sequence, at, text)
      select ${end.entries - 1}::bigint + n, e.id, workflow_id, run, kind, subject, sequence, at, text
      from moved, ${entryRows(fresh)}
    ), judged as (
      update run_users u
      set ${VERDICT_COLUMNS}
      from moved, ${rows}
      where u.run = v.run and u.user_id = v.user_id
    )
    select id from moved`;
  try {
    return (await statement.execute(db)).rows.length === 1;
  } catch (error) {
    if (error instanceof StoreQueryError) return false;
    throw error;
  }
}
