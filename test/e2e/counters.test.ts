import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from '../../src/local/ports.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob, WorkerProcess } from '../support/main-job.ts';
import { borrowPglite } from '../support/pglite.ts';

const OLD = '2020-01-01T00:00:00.000Z';
const COVERED = [{ type: 'webauthn' }];
const LABELS = ['vendor', 'operation', 'status', 'verdict', 'action', 'kind', 'le', 'service_name'];

let job: MainJob;
let worker: WorkerProcess;
let stopDatabase: () => Promise<void>;

beforeAll(async () => {
  const { databaseUrl, close } = await borrowPglite();
  stopDatabase = close;
  job = await mainJob(databaseUrl);
  worker = await job.startWorker({ ARX_METRICS_ADDRESS: `127.0.0.1:${await freePort()}` });
});
afterAll(async () => {
  await job.close();
  await job.temporal.close();
  await stopDatabase();
});

/** The lines of arx's own metrics: name with labels in alphabetical order, and value. */
async function scraped(): Promise<Map<string, number>> {
  const text = await (await fetch(`${worker.metricsUrl}`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('arx_'));
  return new Map(
    lines.map((line) => {
      const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([pair, key]) => ({
        pair,
        key: `${key}`,
      }));
      expect(pairs.filter(({ key }) => !LABELS.includes(key))).toEqual([]);
      const own = pairs.filter(({ key }) => key !== 'service_name').map(({ pair }) => pair);
      return [`${name}{${own.toSorted().join(',')}}`, Number(value)];
    }),
  );
}

it(
  'counts users, calls, 429s, waits, tickets and entries, and contains no names',
  { timeout: 120_000 },
  async () => {
    const people = ['a', 'b', 'c'].map((name) => ({ login: `${name}@example.com`, created: OLD }));
    const [first] = await job.emulators.addUsers([
      { ...people[0], factors: COVERED },
      ...people.slice(1),
    ] as never);
    await job.emulators.fault({
      vendor: 'jira',
      method: 'POST',
      pathPattern: '/issue$',
      retryAfter: 1,
      kind: 'rateLimited',
      times: 1,
    });
    const { run, status } = await job.run();
    expect(status).toBe('complete');
    const kinds = await job.store.audit.countByKind(run);
    // Counts are collected for a quarter of a second before they appear.
    await vi.waitFor(async () => {
      const metrics = await scraped();
      const of = (name: string): number | undefined => metrics.get(name);
      expect(of('arx_users_checked_total{verdict="compliant"}')).toBe(1);
      expect(of('arx_users_checked_total{verdict="none"}')).toBe(2);
      expect(
        of('arx_vendor_calls_total{operation="users:read_factors",status="2xx",vendor="okta"}'),
      ).toBeGreaterThanOrEqual(3 + 2);
      expect(of('arx_vendor_throttled_total{vendor="jira"}')).toBe(1);
      expect(of('arx_tickets_total{action="created"}')).toBe(2);
      expect(of('arx_audit_appends_total{kind="user.checked"}')).toBe(kinds['user.checked']);
      expect(of('arx_quota_wait_milliseconds_count{vendor="okta"}')).toBeGreaterThan(3);
      expect([...metrics.keys()].join('\n')).not.toMatch(new RegExp(`${first?.id}|@|example`));
    }, 5_000);
  },
);
