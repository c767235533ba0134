/** Searches the users of a run, and compares the verdicts of two runs. */

import { sql } from 'kysely';
import type { Kysely, RawBuilder, Selectable } from 'kysely';
import type { FactorClass, Verdict } from '../../mfa/types.ts';
import type { Database, RunUsersTable } from '../schema.ts';
import type {
  ChangedUser,
  RunUserFilter,
  RunUserPage,
  VerdictTally,
  VerdictTransition,
} from '../run-search-types.ts';
import type { RunUser } from '../run-types.ts';
import { textArray } from '../text-array.ts';
import { toRunUser } from './user-rows.ts';

/** The classes from strongest to weakest, as `mfa` orders them; a test compares the two. */
export const CLASSES = [
  'phishing_resistant',
  'strong',
  'external',
  'weak',
  'not_accepted',
  'unrecognised',
] as const satisfies readonly FactorClass[];

/** The verdicts in the order in which they need attention. */
const BY_URGENCY = [
  'none',
  'pending_only',
  'weak_only',
  'unknown',
  'in_grace',
  'exempt',
  'vanished',
  'compliant',
] as const satisfies readonly Verdict[];

type Condition = RawBuilder<boolean>;

/** What each order sorts by; never null, so that a page can start after any user. */
const SORTED_BY = {
  login: sql`login`,
  department: sql`coalesce(department, '')`,
  verdict: sql`coalesce(array_position(${textArray(BY_URGENCY)}::text[], verdict::text), 0)`,
  checked: sql`coalesce(checked_at, '')`,
} as const satisfies Record<RunUserPage['by'], RawBuilder<unknown>>;

/** A page of the users of a run who meet the filter. */
export async function searchUsers(
  db: Kysely<Database>,
  run: string,
  filter: RunUserFilter,
  { by, descending, after, limit }: RunUserPage,
): Promise<RunUser[]> {
  const key = SORTED_BY[by];
  const direction = descending ? sql`desc` : sql`asc`;
  const start =
    after === null
      ? []
      : [
          sql<boolean>`(${key}, user_id) ${descending ? sql`<` : sql`>`} (
            select ${key}, user_id from run_users where run = ${run} and user_id = ${after})`,
        ];
  const { rows } = await sql<Selectable<RunUsersTable>>`
    select * from run_users
    where ${allOf(run, [...conditionsOf(filter), ...start])}
    order by ${key} ${direction}, user_id ${direction} limit ${limit}`.execute(db);
  return rows.map(toRunUser);
}

/** The users who meet the filter, by verdict. The filter's own verdicts do not count. */
export async function tallyUsers(
  db: Kysely<Database>,
  run: string,
  { verdicts: _, ...filter }: RunUserFilter,
): Promise<VerdictTally> {
  const { rows } = await sql<{ verdict: Verdict | null; users: number }>`
    select verdict, count(*)::int as users from run_users
    where ${allOf(run, conditionsOf(filter))} group by verdict`.execute(db);
  const tally = Object.fromEntries([...BY_URGENCY, 'unchecked'].map((name) => [name, 0]));
  for (const { verdict, users } of rows) tally[verdict ?? 'unchecked'] = users;
  return tally as VerdictTally;
}

const allOf = (run: string, conditions: readonly Condition[]): Condition =>
  sql<boolean>`${sql.join([sql`run = ${run}`, ...conditions], sql` and `)}`;

function conditionsOf({ verdicts, strongest, ids, department, text }: RunUserFilter): Condition[] {
  return [
    ...(verdicts === undefined ? [] : [verdictAmong(verdicts)]),
    ...(strongest === undefined ? [] : [hasStrongest(strongest)]),
    ...(ids === undefined
      ? []
      : [sql<boolean>`(user_id = any(${textArray(ids.ids)}::text[])) = ${ids.among}`]),
    ...(department === undefined ? [] : [sql<boolean>`department = ${department}`]),
    ...(text === undefined ? [] : [contains(text.toLowerCase())]),
  ];
}

const verdictAmong = (verdicts: readonly string[]): Condition =>
  sql<boolean>`coalesce(verdict, 'unchecked') = any(${textArray(verdicts)}::text[])`;

const hasStrongest = (strongest: FactorClass): Condition => sql<boolean>`(
  select min(array_position(${textArray(CLASSES)}::text[], factor ->> 'class'))
  from json_array_elements(factors) as factor where factor ->> 'status' = 'ACTIVE'
) = ${CLASSES.indexOf(strongest) + 1}`;

const contains = (text: string): Condition => sql<boolean>`(
  position(${text} in lower(login)) > 0 or position(${text} in lower(coalesce(email, ''))) > 0
  or lower(user_id) = ${text})`;

/** The users of either run, with both verdicts. */
const bothRuns = (run: string, previous: string) => sql`
  select coalesce(n.user_id, p.user_id) as user_id, coalesce(n.login, p.login) as login,
    coalesce(n.department, p.department) as department, p.verdict as "from", n.verdict as "to"
  from (select * from run_users where run = ${run}) as n
  full join (select * from run_users where run = ${previous}) as p on p.user_id = n.user_id`;

/** How many users went from which verdict to which. */
export async function countTransitions(
  db: Kysely<Database>,
  run: string,
  previous: string,
): Promise<VerdictTransition[]> {
  const { rows } = await sql<VerdictTransition>`
    select "from", "to", count(*)::int as users from (${bothRuns(run, previous)}) as both_runs
    group by "from", "to" order by "from" nulls first, "to" nulls first`.execute(db);
  return rows;
}

/** The users whose verdicts differ, by ascending id after a given one. */
export async function findChangedUsers(
  db: Kysely<Database>,
  run: string,
  previous: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<ChangedUser[]> {
  const { rows } = await sql<Omit<ChangedUser, 'userId'> & { user_id: string }>`
    select * from (${bothRuns(run, previous)}) as both_runs
    where "from" is distinct from "to" and user_id > ${after ?? ''}
    order by user_id limit ${limit}`.execute(db);
  return rows.map(({ user_id: userId, ...user }) => ({ userId, ...user }));
}
