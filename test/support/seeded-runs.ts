import type { Verdict } from '../../src/mfa/types.ts';
import type { ListedUser, RunRecord, VerdictRecord } from '../../src/store/run-types.ts';
import type { Store, StoreTransaction } from '../../src/store/types.ts';
import { draftOf } from './audit.ts';

/** A user of a seeded run; no verdict: listed, and not checked. */
export interface SeededUser extends Partial<Omit<ListedUser, 'userId'>> {
  userId: string;
  verdict?: Verdict;
  factors?: VerdictRecord['factors'];
  checkedAt?: string;
}

/** A run that is still running, with these users and their verdicts. */
export async function seedRun(
  store: Store,
  over: Partial<RunRecord> & { run: string },
  users: readonly SeededUser[] = [],
): Promise<void> {
  const { run } = over;
  await store.runs.begin({
    workflowId: `wf/${run}`,
    scopeKey: 'all',
    org: 'acme.okta.com',
    dryRun: false,
    startedAt: '2026-11-16T08:00:00.000Z',
    plan: {},
    ...over,
  });
  await store.users.addPage(run, 0, null, users.map(listed));
  const checked = users.flatMap((user) => verdictOf(user) ?? []);
  for (const { userId, record } of checked) {
    const effect = (tx: StoreTransaction) => store.users.setVerdict(tx, run, userId, record);
    await store.journal.append([draftOf({ run, subject: userId })], effect);
  }
}

const listed = (user: SeededUser): ListedUser => ({
  userId: user.userId,
  login: user.login ?? `${user.userId}@acme.test`,
  email: user.email ?? null,
  department: user.department ?? null,
  created: '2020-01-01T00:00:00.000Z',
  activated: '2020-01-02T00:00:00.000Z',
  status: user.status ?? 'ACTIVE',
});

function verdictOf({ userId, verdict, factors = [], checkedAt }: SeededUser) {
  if (verdict === undefined) return null;
  const at = checkedAt ?? '2026-11-16T08:01:00.000Z';
  return { userId, record: { verdict, reason: 'because', factors, checkedAt: at } };
}
