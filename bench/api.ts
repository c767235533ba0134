/** How fast the lists of the HTTP API answer, with 10,000 people and 100,000 audit entries. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openStore } from '../src/store/open.ts';
import type { Store } from '../src/store/types.ts';
import { draftOf } from '../test/support/audit.ts';
import { seededTwin, seedTwin } from '../test/support/seeded-twin.ts';
import { serveApi } from '../test/unit/server/serve-api.ts';
import type { ServedApi } from '../test/unit/server/serve-api.ts';
import { appOver } from '../test/unit/server/support.ts';
import { quantile } from './support/quantile.ts';
import type { BenchOptions, BenchResult } from './support/result.ts';
import { startStore } from './support/store-server.ts';

const PEOPLE = 10_000;
const ENTRIES = 100_000;
const RUNS = 12;
const ROUNDS = 30;
const WITHIN_MS = 100;

/** The requests of list pages: filters, orders, deep pages and searches without an answer. */
const REQUESTS: readonly string[] = [
  '/v1/runs',
  '/v1/runs/latest',
  '/v1/runs/latest/people',
  '/v1/runs/latest/people?verdict=none&sort=-checked',
  '/v1/runs/latest/people?class=strong&dept=D3',
  '/v1/runs/latest/people?q=user00999&limit=500',
  '/v1/runs/latest/people?q=nobody',
  '/v1/runs/latest/people?sort=verdict&after=00u05000',
  '/v1/runs/latest/compare?with=run-1',
  '/v1/people/00u05000',
  '/v1/twin/gaps?severity=high',
  '/v1/twin/events?severity=critical',
  '/v1/twin/apps',
  '/v1/twin/admins',
  '/v1/audit',
  '/v1/audit?kind=flow.opened',
  '/v1/audit?actor=user:nobody',
  '/v1/audit?target=00u05000',
  '/v1/audit?run=run-3',
  '/v1/audit/50000',
];

/** Asks each list 30 times, one after the other, on PostgreSQL. */
export async function bench({ users: people = PEOPLE }: BenchOptions): Promise<BenchResult> {
  const home = mkdtempSync(join(tmpdir(), 'arx-bench-'));
  const server = await startStore({ kind: 'PostgreSQL', durable: false, home });
  const store = await openStore({ databaseUrl: server.databaseUrl });
  try {
    await store.migrate();
    await fill(store, server.databaseUrl, people);
    const { twin, flows } = appOver(store).parts;
    const service = { ...flows.service, history: async () => [] };
    const over = {
      twin: { ...twin, open: () => seededTwin(store) },
      flows: { ...flows, service },
    };
    await using api = await serveApi(store, { ...over, requestsPerMinute: () => 1_000_000 });
    const rows: [string, number, number][] = [];
    for (const path of REQUESTS) rows.push([path, ...(await measure(api, path))]);
    const slowest = Math.max(...rows.map(([, , p95]) => p95));
    return {
      name: 'api',
      about: `Lists of the HTTP API over ${people} people in ${RUNS} runs and ${ENTRIES} audit entries, ${ROUNDS} requests each, one after the other.`,
      tables: [
        {
          title: 'Time until an answer is complete',
          columns: ['request', 'median, ms', '95th percentile, ms'],
          rows,
        },
      ],
      goals: [
        {
          goal: `every list answers within ${WITHIN_MS} ms at the 95th percentile`,
          met: slowest <= WITHIN_MS,
        },
      ],
    };
  } finally {
    await store.close();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measure(api: ServedApi, path: string): Promise<[median: number, p95: number]> {
  const times: number[] = [];
  for (let round = -3; round < ROUNDS; round += 1) {
    const from = performance.now();
    const answer = await api.send(path);
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    // The first requests warm up.
    if (round >= 0) times.push(performance.now() - from);
  }
  return [tenths(quantile(times, 0.5)), tenths(quantile(times, 0.95))];
}

const tenths = (ms: number | null): number => Math.round((ms ?? 0) * 10) / 10;

async function fill(store: Store, databaseUrl: string, people: number): Promise<void> {
  const ids = Array.from({ length: people }, (_, n) => `00u${String(n).padStart(5, '0')}`);
  for (let n = 0; n < RUNS; n += 1) {
    const startedAt = new Date(Date.UTC(2026, 0, 1 + 7 * n)).toISOString();
    const plan = { administrators: ids.slice(0, 50) };
    const begun = { workflowId: `wf/${n}`, scopeKey: 'all', org: 'acme.okta.com', dryRun: false };
    await store.runs.begin({ run: `run-${n}`, startedAt, plan, ...begun });
  }
  await insertPeople(databaseUrl, people);
  for (let n = 0; n < RUNS; n += 1) {
    const summary = { run: `run-${n}`, counts: { ...(await store.users.counts(`run-${n}`)) } };
    const finishedAt = new Date(Date.UTC(2026, 0, 1 + 7 * n, 1)).toISOString();
    await store.runs.finish(null, `run-${n}`, { status: 'complete', finishedAt, summary });
  }
  await seedTwin(store, {
    users: ids.map((id, n) => ({ id, roles: n < 50 ? ['APP_ADMIN'] : [] })),
    apps: Array.from({ length: 500 }, (_, n) => `0oa${n}`),
    gaps: ids.slice(0, people / 4).map((subject) => ({ subject })),
    events: Array.from({ length: 5_000 }, (_, n) => ({ uuid: `e${n}` })),
  });
  for (let n = 0; n < ENTRIES; n += 1_000) {
    const run = `run-${Math.floor(n / 9_000)}`;
    await store.journal.append(
      ids.slice(n % people, (n % people) + 1_000).map((subject) => draftOf({ run, subject })),
    );
  }
}

/** Every user in every run, with verdict and factors that depend on the number. */
async function insertPeople(databaseUrl: string, people: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `insert into run_users (run, user_id, page, position, login, email, department, created, status,
       verdict, reason, factors, checked_at)
     select 'run-' || r, '00u' || lpad(n::text, 5, '0'), n / 200, n % 200,
       'user' || lpad(n::text, 5, '0') || '@acme.test', 'user' || n || '@mail.test', 'D' || n % 20,
       '2020-01-01T00:00:00.000Z', 'ACTIVE',
       (array['compliant', 'compliant', 'none', 'weak_only'])[1 + (n + n / 7 * r) % 4], 'because',
       json_build_array(json_build_object('type', 'push', 'provider', 'OKTA', 'status', 'ACTIVE',
         'class', (array['strong', 'weak'])[1 + n % 2])),
       '2026-01-01T00:00:00.000Z'
     from generate_series(0, $1::int - 1) n, generate_series(0, $2::int - 1) r order by r, n`,
    [people, RUNS],
  );
  await client.query('analyze');
  await client.end();
}
