import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { NON_COMPLIANT as RULE, Verdict, VerdictCounts } from '../../mfa/types.ts';
import type { Database } from '../schema.ts';
import type { RunChanges } from '../run-types.ts';

/**
 * The verdicts that open a ticket. The type ensures that this list equals the rule in `mfa`, which
 * `store` may not import.
 */
const NON_COMPLIANT = ['weak_only', 'none', 'pending_only'] as const satisfies typeof RULE;

const NO_USERS: VerdictCounts = {
  enumerated: 0,
  compliant: 0,
  weak_only: 0,
  none: 0,
  pending_only: 0,
  exempt: 0,
  in_grace: 0,
  unknown: 0,
  vanished: 0,
};

/** Users per verdict; users without one are not counted, so that `enumerated` is the sum. */
export async function countVerdicts(db: Kysely<Database>, run: string): Promise<VerdictCounts> {
  const rows = await db
    .selectFrom('run_users')
    .select((eb) => ['verdict', eb.fn.countAll<number>().as('users')])
    .where('run', '=', run)
    .where('verdict', 'is not', null)
    .groupBy('verdict')
    .execute();
  const counts = { ...NO_USERS };
  for (const { verdict, users } of rows) {
    counts[verdict as Verdict] = users;
    counts.enumerated += users;
  }
  return counts;
}

/** Compares two runs user by user, in SQL; ids ascending. */
export async function findChanges(
  db: Kysely<Database>,
  run: string,
  previous: string,
): Promise<RunChanges> {
  const nonCompliant = sql.join(NON_COMPLIANT);
  // One row per change with all ids, because a row per user would need far more memory.
  const { rows } = await sql<{ ids: string[]; change: keyof RunChanges }>`
    select change, json_agg(user_id order by user_id) as ids from (
      select n.user_id, case
        when n.verdict in (${nonCompliant}) and p.verdict = 'compliant' then 'regressed'
        when n.verdict in (${nonCompliant}) and (p.verdict is null or p.verdict not in (${nonCompliant})) then 'new'
        when n.verdict = 'compliant' and p.verdict in (${nonCompliant}) then 'resolved'
      end as change
      from run_users n left join run_users p on p.run = ${previous} and p.user_id = n.user_id
      where n.run = ${run}
    ) as compared where change is not null group by change`.execute(db);
  const of = (change: keyof RunChanges) => rows.find((row) => row.change === change)?.ids ?? [];
  return { new: of('new'), resolved: of('resolved'), regressed: of('regressed') };
}

/** The changes of the first run of a scope: all its findings are new. */
export async function findFirst(db: Kysely<Database>, run: string): Promise<RunChanges> {
  const { rows } = await sql<{ ids: string[] | null }>`
    select json_agg(user_id order by user_id) as ids from run_users
    where run = ${run} and verdict in (${sql.join(NON_COMPLIANT)})`.execute(db);
  return { new: rows[0]?.ids ?? [], resolved: [], regressed: [] };
}
