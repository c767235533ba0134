import { sql } from 'kysely';
import type { Kysely, QueryResult, Selectable } from 'kysely';
import type { Database, RunUsersTable } from '../schema.ts';
import { rowsByKey } from '../text-array.ts';
import type { RunUser, VerdictRecord, ListedUser } from '../run-types.ts';

type Row = Selectable<RunUsersTable>;

/** The rows of these users of a run, unordered. */
export async function usersByIds(
  db: Kysely<Database>,
  run: string,
  userIds: readonly string[],
): Promise<QueryResult<Row>> {
  const rows = rowsByKey('run_users', {
    column: 'user_id',
    keys: userIds,
    where: sql`run = ${run}`,
  });
  return sql<Row>`select found.* from ${rows}`.execute(db);
}

/** The listed user of a row. */
export function toListedUser(row: Row): ListedUser {
  return {
    userId: row.user_id,
    login: row.login,
    email: row.email,
    department: row.department,
    created: row.created,
    activated: row.activated,
    status: row.status,
  };
}

/** The user of a row, with the verdict if there is one. */
export function toRunUser(row: Row): RunUser {
  return { ...toListedUser(row), page: row.page, ticket: row.ticket, ...toVerdict(row) };
}

const NOT_CHECKED = { verdict: null, reason: null, factors: null, checkedAt: null } as const;

/** The four columns are written together, so a row with a verdict has the other three. */
function toVerdict({
  verdict,
  reason,
  factors,
  checked_at,
  read_run,
  read_at,
}: Row): VerdictRecord | typeof NOT_CHECKED {
  if (verdict === null || reason === null || checked_at === null) return NOT_CHECKED;
  const takenOver =
    read_run !== null && read_at !== null ? { takenOver: { run: read_run, at: read_at } } : {};
  return {
    verdict,
    reason,
    factors: factors as VerdictRecord['factors'],
    checkedAt: checked_at,
    ...takenOver,
  };
}
