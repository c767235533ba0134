import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../../src/audit/chain.ts';
import { currentAttempt } from '../../../src/activities/support/running.ts';
import { describeState } from '../../../emulators/control/state.ts';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { ticketLabel } from '../../../src/mfa/identity.ts';
import type { RunSummary } from '../../../src/mfa/document.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { migratedDatabase } from '../../support/postgres.ts';
import { runWeekly, stallingWorker } from '../../support/stalling-worker.ts';

const SEEDS = Array.from({ length: process.env.FULL === '1' ? 200 : 4 }, (_, n) => n + 1);
const CREATED = '2020-01-01T00:00:00.000Z';

/**
 * Requests that sometimes arrive late: after their attempt was abandoned and the next one has
 * checked.
 */
const SLOW_WRITES = [
  { vendor: 'jira', method: 'POST', pathPattern: '/issue(/|$)' },
  { vendor: 'jira', method: 'PUT' },
  { vendor: 'slack', pathPattern: 'chat\\.' },
] as const;

/** The allowed results of abandoned attempts; an alarm (`audit_conflict`) is not among them. */
const QUIET_ENDS = [
  'done',
  'OvertakenError',
  'CancelledFailure',
  'LeaseLostError',
  'ticket_busy',
  'ticket_unsettled',
  'message_unsettled',
];

describe('attempts that are overtaken while still running', () => {
  async function world<Answer>(
    seed: number,
    work: (store: Store, emulators: RunningEmulators) => Promise<Answer>,
  ): Promise<Answer> {
    const database = await migratedDatabase();
    const store = await openStore({
      databaseUrl: database.databaseUrl,
      currentAttempt,
      maxConnections: 20,
    });
    const emulators = await startEmulators({
      profile: 'empty',
      rateLimit: 0,
      indexLagMs: 60,
      log: null,
    });
    for (const write of SLOW_WRITES)
      emulators.faults.add({ ...write, kind: 'latency', ms: 300, probability: 0.3, seed });
    try {
      return await work(store, emulators);
    } finally {
      await emulators.close();
      await store.close();
      await database.close();
    }
  }

  it.each(SEEDS)(
    'end in the same state as on an idle machine: seed %i',
    async (seed) => {
      await world(seed, async (store, emulators) => {
        const people = ['ann', 'bob', 'cem', 'dan', 'eve', 'fay'].map((name) => {
          const factors = name === 'fay' ? ([{ type: 'webauthn' }] as const) : [];
          return emulators.okta.addUser({
            login: `${name}@example.com`,
            created: CREATED,
            factors: [...factors],
          });
        });
        const worker = stallingWorker(store, emulators, seed);
        await runWeekly(worker, 'week-1');
        emulators.okta.patchUser(people[0]!, { factors: [{ type: 'webauthn' }] });
        await runWeekly(worker, 'week-2');
        const ends = await worker.settle();

        expect([...ends.keys()].filter((end) => !QUIET_ENDS.includes(end))).toEqual([]);
        for (const [run, expected] of [
          ['week-1', { created: 5, kept: 0, closed: 0, failed: [] }],
          ['week-2', { created: 0, kept: 4, closed: 1, failed: [] }],
        ] as const) {
          const record = await store.runs.get(run);
          expect(record?.status, run).toBe('complete');
          expect((record?.summary as unknown as RunSummary).tickets, run).toMatchObject(expected);
          expect(await store.audit.countByKind(run), run).toMatchObject({
            'user.checked': 6,
            'scan.completed': 1,
          });
        }
        const org = new URL(emulators.document.okta).host;
        const labels = people.map(({ id }) => ticketLabel(org, id));
        const { issues = [], messages = [] } = describeState(emulators, ['issues', 'messages']);
        const open = issues.filter(({ category }) => category !== 'done');
        expect(
          open
            .flatMap((issue) => issue.labels.filter((label) => labels.includes(label)))
            .toSorted(),
        ).toEqual(labels.slice(1, 5).toSorted());
        expect(issues).toHaveLength(5);
        expect(messages).toHaveLength(2);
        expect(await verifyChain(store.audit.pages(500), await store.audit.head())).toMatchObject({
          ok: true,
        });
      });
    },
    60_000,
  );
});
