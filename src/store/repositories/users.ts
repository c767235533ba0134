import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { UNREADABLE_ROW as UNREADABLE } from '../../mfa/verdict.ts';
import type { AttemptFence } from '../journal/attempts.ts';
import { JointWrites } from '../journal/joint-writes.ts';
import type { Database } from '../schema.ts';
import type { StoreTransaction } from '../types.ts';
import type { RunUserRepository, ListedUser } from '../run-types.ts';
import { countVerdicts, findChanges, findFirst } from './user-tallies.ts';
import { addPage, isKnownToken, readPage, usersAsListed, usersByLogin } from './user-pages.ts';
import { findChangedUsers, countTransitions, searchUsers, tallyUsers } from './user-search.ts';
import { verdictHistory } from './user-history.ts';
import { toListedUser, toRunUser, usersByIds } from './user-rows.ts';
import { notListed, VerdictWrite, writeVerdicts } from './verdicts.ts';

/** The type ensures that this equals the status in `mfa`, which `store` may not import. */
const UNREADABLE_ROW: typeof UNREADABLE = 'UNREADABLE_ROW';

/** The users of a run, first as listed, then with their verdicts. */
export function createRunUserRepository(
  db: Kysely<Database>,
  fence: AttemptFence,
): RunUserRepository {
  const usersOf = (run: string) => db.selectFrom('run_users').where('run', '=', run);
  const userOf = (run: string, userId: string) =>
    usersOf(run).selectAll().where('user_id', '=', userId);

  const users: RunUserRepository = {
    addPage: (run, page, next, users) => addPage(db, { run, page, next }, users),
    page: (run, page) => readPage(db, run, page),
    isKnownToken: (run, at) => isKnownToken(db, run, at),
    async pending(run, userIds) {
      const { rows } = await usersByIds(db, run, userIds);
      const open = rows.filter(({ verdict }) => verdict === null);
      const byId = new Map(open.map((row) => [row.user_id, toListedUser(row)]));
      return userIds
        .map((id) => byId.get(id))
        .filter((user): user is ListedUser => user !== undefined);
    },
    async get(run, userId) {
      const row = await userOf(run, userId).executeTakeFirst();
      return row ? toRunUser(row) : null;
    },
    async setVerdict(tx, run, userId, record) {
      const found = { run, userId, ...record };
      const joint = JointWrites.of(tx);
      if (joint) return await joint.add(found);
      const [failure] = await writeVerdicts(tx, [found]);
      if (failure) throw failure;
    },
    verdictEffect(run, userId, record) {
      const effect = (tx: StoreTransaction): Promise<void> =>
        users.setVerdict(tx, run, userId, record);
      return Object.assign(effect, { writes: new VerdictWrite({ run, userId, ...record }) });
    },
    async setTicket(tx, run, userId, key) {
      const result = await fence.write(tx, (on) =>
        on
          .updateTable('run_users')
          .set({ ticket: key })
          .where('run', '=', run)
          .where('user_id', '=', userId)
          .executeTakeFirst(),
      );
      if (result.numUpdatedRows === 0n) throw notListed(run, userId);
    },
    async countFailure(run, userId) {
      const row = await fence.write(null, (on) =>
        on
          .updateTable('run_users')
          .set((eb) => ({ failures: eb('failures', '+', 1) }))
          .where('run', '=', run)
          .where('user_id', '=', userId)
          .returning('failures')
          .executeTakeFirst(),
      );
      if (!row) throw notListed(run, userId);
      return row.failures;
    },
    counts: (run) => countVerdicts(db, run),
    async hasUnreadableRows(run) {
      const rows = usersOf(run).select('user_id').where('status', '=', UNREADABLE_ROW);
      return (await rows.limit(1).executeTakeFirst()) !== undefined;
    },
    async idsByVerdict(run, verdicts, after, limit) {
      if (verdicts.length === 0) return [];
      const all = usersOf(run)
        .select('user_id')
        .where('verdict', 'in', [...verdicts]);
      const rest = after === null ? all : all.where('user_id', '>', after);
      return (await rest.orderBy('user_id').limit(limit).execute()).map((row) => row.user_id);
    },
    pages: (run, size) => usersByLogin(db, run, size),
    search: (run, filter, page) => searchUsers(db, run, filter, page),
    tally: (run, filter) => tallyUsers(db, run, filter),
    history: (userId, page) => verdictHistory(db, userId, page),
    transitions: (run, previous) => countTransitions(db, run, previous),
    changed: (run, previous, page) => findChangedUsers(db, run, previous, page),
    asListed: (run) => usersAsListed(db, run),
    async analyse() {
      await sql`analyze run_users`.execute(db);
    },
    changes: (run, previous) => findChanges(db, run, previous),
    changesOfFirst: (run) => findFirst(db, run),
  };
  return users;
}
