import { rereadReason } from '../../../mfa/delta.ts';
import type { ListedUser, RunRecord, RunUser } from '../../../store/run-types.ts';
import type { UsesClock, UsesStore } from '../../support/parts.ts';
import { recordVerdict } from '../verdicts.ts';
import { deltaPlanOf } from './scan-plan.ts';

type TakeOverDeps = UsesStore<'deltas' | 'journal' | 'users'> & UsesClock;

/**
 * Assesses, by the plan of this run and without a call, the users of a batch whose earlier reading
 * is still valid. Returns the users who must be read.
 */
export async function takeOverReadings(
  deps: TakeOverDeps,
  record: RunRecord,
  users: readonly ListedUser[],
): Promise<ListedUser[]> {
  const scan = users.length === 0 ? null : await deltaPlanOf(deps.store, record);
  if (scan === null) return [...users];
  const { deltas } = deps.store;
  const ids = users.map(({ userId }) => userId);
  const [earlier, changed] = await Promise.all([
    deltas.earlier(scan.base.run, ids),
    deltas.findChanged(record.run, ids),
  ]);
  const toRead: ListedUser[] = [];
  const judged: Promise<void>[] = [];
  for (const user of users) {
    const before = earlier.get(user.userId) ?? null;
    if (before === null || rereadReason(before, user, changed.has(user.userId)) !== null)
      toRead.push(user);
    else judged.push(recordTakenOver(deps, record, { user, before, base: scan.base.run }));
  }
  await Promise.all(judged);
  return toRead;
}

interface TakenOverUser {
  user: ListedUser;
  before: RunUser;
  base: string;
}

function recordTakenOver(
  deps: TakeOverDeps,
  record: RunRecord,
  { user, before, base }: TakenOverUser,
): Promise<void> {
  const takenOver = before.takenOver ?? { run: base, at: before.checkedAt ?? record.startedAt };
  const reading = { kind: 'read', factors: before.factors ?? [] } as const;
  return recordVerdict(deps, record, { user, reading, takenOver });
}
