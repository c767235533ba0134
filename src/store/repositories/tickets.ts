import { sql } from 'kysely';
import type { Kysely, Selectable, Updateable } from 'kysely';
import type { AttemptFence } from '../journal/attempts.ts';
import type { SqlClock } from '../clock.ts';
import { LeaseLostError } from '../errors.ts';
import type { Database, TicketsTable } from '../schema.ts';
import type { TicketLedger, TicketRow } from '../ticket-types.ts';
import { listNotes, noteTicket } from './ticket-notes.ts';

/** The tickets known to arx; each row is leased to one owner at a time. */
export function createTicketLedger(
  db: Kysely<Database>,
  clock: SqlClock,
  fence: AttemptFence,
): TicketLedger {
  return {
    async claim({ label, org, control, subject }, owner, ttlMs) {
      const until = sql<Date>`${clock()} + make_interval(secs => ${ttlMs / 1000}::double precision)`;
      const lease = { lease_owner: owner, lease_until: until };
      const fresh = { label, org, control, subject, state: 'absent' as const, details: '{}' };
      const claimed = fence.write(null, (on) =>
        on
          .insertInto('tickets')
          .values({ ...fresh, ...lease })
          .onConflict((conflict) =>
            conflict
              .column('label')
              .doUpdateSet(lease)
              .where((eb) =>
                eb.or([
                  eb('tickets.lease_owner', 'is', null),
                  eb('tickets.lease_owner', '=', owner),
                  isExpired(clock),
                ]),
              ),
          )
          .returningAll()
          .executeTakeFirst(),
      );
      const row = await claimed;
      return row ? toTicket(row) : null;
    },
    async update(tx, label, owner, patch, expectAttempt) {
      await fence.write(tx, async (on) => {
        const held = on
          .updateTable('tickets')
          .set({ ...toColumns(patch), lease_owner: owner })
          .where('label', '=', label)
          .where('lease_owner', '=', owner)
          .where(sql<boolean>`not ${isExpired(clock)}`);
        const expected =
          expectAttempt === undefined ? held : held.where('attempt', '=', expectAttempt);
        const result = await expected.executeTakeFirst();
        if (result.numUpdatedRows === 0n) throw new LeaseLostError(label, owner);
      });
    },
    async release(label, owner) {
      const freed = { lease_owner: null, lease_until: null };
      await fence.write(null, (on) =>
        on
          .updateTable('tickets')
          .set(freed)
          .where('label', '=', label)
          .where('lease_owner', '=', owner)
          .execute(),
      );
    },
    async get(label) {
      const row = await db
        .selectFrom('tickets')
        .selectAll()
        .where('label', '=', label)
        .executeTakeFirst();
      return row ? toTicket(row) : null;
    },
    async openOfCompliant(run, org, control, after, limit) {
      const all = db
        .selectFrom('tickets')
        .innerJoin('run_users', (join) =>
          join.onRef('run_users.user_id', '=', 'tickets.subject').on('run_users.run', '=', run),
        )
        .selectAll('tickets')
        .where('run_users.verdict', '=', 'compliant')
        .where('tickets.org', '=', org)
        .where('tickets.control', '=', control)
        .where('tickets.state', '=', 'open');
      const rest = after === null ? all : all.where('tickets.subject', '>', after);
      return (await rest.orderBy('tickets.subject').limit(limit).execute()).map(toTicket);
    },
    async openOfUnlisted(run, org, control, after, limit) {
      const all = db
        .selectFrom('tickets')
        .leftJoin('run_users', (join) =>
          join.onRef('run_users.user_id', '=', 'tickets.subject').on('run_users.run', '=', run),
        )
        .selectAll('tickets')
        .where('run_users.user_id', 'is', null)
        // The subject of a ticket for several users is the key of its scope, which is longer.
        .where(sql<boolean>`char_length(tickets.subject) = 20`)
        .where('tickets.org', '=', org)
        .where('tickets.control', '=', control)
        .where('tickets.state', '=', 'open');
      const rest = after === null ? all : all.where('tickets.subject', '>', after);
      return (await rest.orderBy('tickets.subject').limit(limit).execute()).map(toTicket);
    },
    note: (tx, run, subject, note) =>
      fence.write(tx, (on) => noteTicket(on, { run, subject, ...note })),
    listNotes: (run) => listNotes(db, run),
  };
}

function isExpired(clock: SqlClock) {
  return sql<boolean>`tickets.lease_until <= ${clock()}`;
}

function toTicket(row: Selectable<TicketsTable>): TicketRow {
  const { label, org, control, subject, state, key, attempt, details } = row;
  const closing = { closedBy: row.closed_by, closedSeenRun: row.closed_seen_run };
  return {
    label,
    org,
    control,
    subject,
    state,
    key,
    attempt,
    intendedAt: row.intended_at,
    ...closing,
    lastRun: row.last_run,
    details,
  };
}

/** Fields missing from the patch do not change, because kysely drops undefined. */
function toColumns(patch: Parameters<TicketLedger['update']>[3]): Updateable<TicketsTable> {
  return {
    state: patch.state,
    key: patch.key,
    attempt: patch.attempt,
    intended_at: patch.intendedAt,
    closed_by: patch.closedBy,
    closed_seen_run: patch.closedSeenRun,
    last_run: patch.lastRun,
    details: patch.details && JSON.stringify(patch.details),
  };
}
