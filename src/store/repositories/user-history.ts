import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { Database, RunUsersTable } from '../schema.ts';
import type { PastVerdict } from '../run-search-types.ts';
import type { RunRecord } from '../run-types.ts';
import type { TicketAction } from '../ticket-types.ts';
import { toRunUser } from './user-rows.ts';

interface Row extends Selectable<RunUsersTable> {
  run_status: RunRecord['status'];
  dry_run: boolean;
  started_at: string;
  action: TicketAction | null;
}

/**
 * What each run found about a user, newest first. The user is looked up run by run, because without
 * statistics the planner would read all users of all runs.
 */
export async function verdictHistory(
  db: Kysely<Database>,
  userId: string,
  { until, limit }: { until: string | null; limit: number },
): Promise<PastVerdict[]> {
  const { rows } = await sql<Row>`
    select found.*, r.status as run_status, r.dry_run, r.started_at, notes.action
    from runs r
    cross join lateral (
      select * from run_users where run = r.run and user_id = ${userId} offset 0
    ) as found
    left join ticket_notes notes on notes.run = r.run and notes.subject = found.user_id
    where ${until}::text is null
      or (r.started_at <= ${until} and coalesce(found.checked_at, '') <= ${until})
    order by r.started_at desc, r.position desc limit ${limit}`.execute(db);
  return rows.map((row) => ({
    run: row.run,
    startedAt: row.started_at,
    status: row.run_status,
    dryRun: row.dry_run,
    ticketAction: row.action,
    user: toRunUser(row),
  }));
}
