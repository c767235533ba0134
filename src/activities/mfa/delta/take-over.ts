import { rereadReason } from '../../../mfa/delta.ts';
import type { RunUser, ListedUser, RunRecord } from '../../../store/run-types.ts';
import type { Deps } from '../deps.ts';
import { recordFinding } from '../judging.ts';
import { takingOver } from './ground.ts';

/**
 * Judges anew, by this run's plan, everybody of a batch whose earlier reading still holds, without
 * a call. Gives those who must be read.
 */
export async function takeOver(
  deps: Deps,
  record: RunRecord,
  users: readonly ListedUser[],
): Promise<ListedUser[]> {
  const scan = users.length === 0 ? null : await takingOver(deps.store, record);
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
    else judged.push(judgeAgain(deps, record, { user, before, base: scan.base.run }));
  }
  await Promise.all(judged);
  return toRead;
}

interface Again {
  user: ListedUser;
  before: RunUser;
  base: string;
}

function judgeAgain(deps: Deps, record: RunRecord, { user, before, base }: Again): Promise<void> {
  const takenOver = before.takenOver ?? { run: base, at: before.checkedAt ?? record.startedAt };
  const reading = { kind: 'read', factors: before.factors ?? [] } as const;
  return recordFinding(deps, record, { user, reading, takenOver });
}
