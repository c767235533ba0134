import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyChain } from '../../src/audit/chain.ts';
import { result } from '../../src/client.ts';
import { pick, createRandom } from '../../emulators/random.ts';
import { isTicketLabel } from '../../src/mfa/identity.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob, WorkerProcess } from '../support/main-job.ts';
import type { TestDatabase } from '../support/pglite.ts';
import { migratedDatabase } from '../support/postgres.ts';
import { openLink } from '../support/slow-link.ts';
import type { SlowLink } from '../support/slow-link.ts';
import { startDevServer } from '../support/temporal.ts';
import type { DevServer } from '../support/temporal.ts';

/** FULL=1: enough seeds for every moment of a run, and stops of up to a minute and a half. */
const FULL = process.env.FULL === '1';
const [FIRST = 1, LAST = FULL ? 200 : 2] = (process.env.SEEDS ?? '')
  .split('-')
  .filter(Boolean)
  .map(Number);
const SEEDS = Array.from({ length: LAST - FIRST + 1 }, (_, n) => FIRST + n);
/** Longer than the heartbeat timeout, so that attempts are abandoned while still running. */
const STOP_MS = FULL ? { least: 3_000, most: 90_000 } : { least: 6_000, most: 8_000 };
/** Delays of the store's responses, several times in a row. */
const LATE_MS = { least: 1_000, most: 15_000 };
const LATE_TIMES = 4;
const WITHIN_MS = 4_000;
const FINDINGS = 24;
const COVERED = 6;

type Part = 'worker' | 'store' | 'temporal' | 'answers';

interface Span {
  least: number;
  most: number;
}

describe('parts that pause for a while', () => {
  let job: MainJob;
  let link: SlowLink;
  let worker: WorkerProcess;
  let database: TestDatabase;
  let temporal: DevServer;

  beforeAll(async () => {
    [database, temporal] = await Promise.all([
      migratedDatabase(),
      startDevServer({ dbFile: null }),
    ]);
    link = await openLink(database.databaseUrl);
    job = await mainJob(link.url, {
      temporal,
      config: { scan: { max_drop: 1, batch: 5 } },
      emulator: { indexLagMs: 700, latencyMs: 40 },
    });
    worker = await job.startWorker();
  });
  afterAll(async () => {
    await job.close();
    await temporal.close();
    await link.close();
    await database.close();
  });

  async function standStill(part: Exclude<Part, 'answers'>, ms: number): Promise<void> {
    const pid = part === 'worker' ? worker.pid : Number(temporal.pid);
    if (part === 'store') link.hold();
    else process.kill(pid, 'SIGSTOP');
    try {
      await pause(ms);
    } finally {
      if (part === 'store') link.release();
      else process.kill(pid, 'SIGCONT');
    }
  }

  it.each(SEEDS)(
    'end a run as on an idle machine: seed %i',
    async (seed) => {
      const random = createRandom(seed);
      const between = ({ least, most }: Span): number => least + random() * (most - least);
      const parts: Part[] = ['worker', 'store', 'temporal', 'answers'];
      // The first seeds pause each part once, so that a short round covers the worst cases.
      const chosen = seed <= parts.length ? parts[seed - 1]! : pick(random, parts);
      const people = Array.from({ length: FINDINGS + COVERED }, (_, n) => ({
        login: `p${n}.seed${seed}@example.com`,
        created: '2020-01-01T00:00:00.000Z',
        factors: n < FINDINGS ? [] : [{ type: 'webauthn' as const }],
      }));
      await job.emulators.addUsers(people, { replace: true });
      const started = await job.start();
      await pause(random() * WITHIN_MS);
      if (chosen !== 'answers') await standStill(chosen, between(STOP_MS));
      else {
        for (let times = LATE_TIMES; times > 0; times -= 1) {
          await standStill('store', between(LATE_MS));
          await pause(random() * WITHIN_MS * 0.1);
        }
      }
      await result(
        { client: job.temporal.client, address: '', namespace: '', close: async () => {} },
        started,
      );

      const summary = await job.summary(started.run);
      expect(summary).toMatchObject({ status: 'complete', reasons: [] });
      expect(summary.tickets).toMatchObject({ created: FINDINGS, kept: 0, failed: [] });
      const { issues, messages } = await job.emulators.state('issues', 'messages');
      const open = issues.filter(
        ({ category, key }) => category !== 'done' && summary.tickets.keys.includes(key),
      );
      expect(open).toHaveLength(FINDINGS);
      expect(new Set(open.flatMap(({ labels }) => labels.filter(isTicketLabel))).size).toBe(
        FINDINGS,
      );
      expect(
        messages.filter(({ metadata }) => JSON.stringify(metadata).includes(started.run)),
      ).toHaveLength(1);
      expect(await job.store.audit.countByKind(started.run)).toMatchObject({
        'user.checked': FINDINGS + COVERED,
      });
      expect(
        await verifyChain(job.store.audit.pages(500), await job.store.audit.head()),
      ).toMatchObject({ ok: true });
      expect(worker.output()).not.toContain('audit_conflict');
    },
    FULL ? 300_000 : 60_000,
  );
});
