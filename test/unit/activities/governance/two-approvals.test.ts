import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { enrolSigner, governedJob } from '../../../support/governed-job.ts';
import { inActivity } from '../../../support/mfa-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { assertProperty } from '../../../support/properties.ts';

const LATER = 2 * 3_600_000;

describe('two approval workflows on one request', () => {
  let database: TestDatabase;
  let store: Store;
  let job: Awaited<ReturnType<typeof governedJob>>;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
    await enrolSigner(store);
    job = await governedJob(store);
  });
  afterAll(async () => {
    await job.close();
    await store.close();
    await database.close();
  });

  const moves = {
    approve: async (requestId: string) =>
      job.sendTo(requestId, await job.signFor(requestId, 'ann'), 'approve'),
    deny: async (requestId: string) =>
      job.sendTo(requestId, await job.signFor(requestId, 'bob', { verdict: 'deny' }), 'deny'),
    lapse: (requestId: string) =>
      inActivity(() => job.activities.lapseApproval({ requestId, now: job.time.now + LATER })),
    cancel: (requestId: string) => inActivity(() => job.activities.cancelApproval({ requestId })),
    end: (requestId: string) =>
      inActivity(() => job.activities.endRequest({ requestId, state: 'cancelled' })),
  };
  type Move = keyof typeof moves;
  const STATES: Record<string, string> = {
    approve: 'APPROVED',
    deny: 'DENIED',
    lapse: 'EXPIRED',
    end: 'CANCELLED',
  };

  it('end it once, in whatever order and however much at once their events arrive', async () => {
    let serial = 0;
    const move = fc.constantFrom<Move>('approve', 'deny', 'lapse', 'cancel', 'end');
    await assertProperty(
      fc.asyncProperty(
        fc.array(fc.array(move, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        async (rounds) => {
          const requestId = `two-${(serial += 1)}`;
          await job.open({}, requestId);
          const seen: string[] = [];
          for (const round of rounds) {
            await Promise.allSettled(round.map((name) => moves[name](requestId)));
            const { approval } = await job.record(requestId);
            seen.push(approval.state);
          }
          const ends = seen.filter((state) => state !== 'PENDING');
          expect(new Set(ends).size).toBeLessThanOrEqual(1);
          const possible = rounds.flat().map((name) => STATES[name]);
          if (ends[0] !== undefined) expect(possible).toContain(ends[0]);
          if (possible.some((state) => state !== undefined)) expect(ends).not.toEqual([]);
          const kinds = (await store.audit.list({ subject: requestId })).map(
            ({ entry }) => entry.kind,
          );
          const granted = kinds.filter((kind) => kind === 'grant.issued').length;
          expect(granted).toBe(ends[0] === 'APPROVED' ? 1 : 0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
