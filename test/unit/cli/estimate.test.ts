import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EstimateDocument } from '../../../src/cli/run/estimate/document.ts';
import type { LogEntry } from '../../../emulators/control/protocol.ts';
import { scopeKey } from '../../../src/mfa/identity.ts';
import { emptyCounts } from '../../../src/mfa/coverage.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { startEmulatorProcess } from '../../support/emulators.ts';
import type { EmulatorProcess } from '../../support/emulators.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { arx } from './support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-estimate-'));
const config = join(folder, 'arx.yaml');
const estimate = ['run', 'mfa-enforcement-check', '--estimate', '--config', config];
let emulators: EmulatorProcess;
let database: TestDatabase;
let store: Store;
let env: Record<string, string>;
let org: string;

const configured = (more = ''): void =>
  writeFileSync(config, `version: 1\npolicies: ["${resolve('policies')}/*.yaml"]\n${more}`);

beforeAll(async () => {
  emulators = await startEmulatorProcess({ profile: 'empty', rateLimit: 600 });
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl });
  await store.migrate();
  env = { ...emulators.env, DATABASE_URL: database.databaseUrl, ARX_HOME: join(folder, 'home') };
  org = new URL(emulators.document.okta).host;
  const user = (name: string, status = 'ACTIVE', groups: string[] = []) => ({
    login: `${name}@example.com`,
    status,
    groups,
  });
  await emulators.addUsers([
    ...Array.from({ length: 205 }, (_, index) => user(`u${index}`)),
    ...[user('locked', 'LOCKED_OUT'), user('gone', 'SUSPENDED', ['Sales'])],
    ...[user('both', 'ACTIVE', ['Sales', 'Support']), user('sales', 'ACTIVE', ['Sales'])],
  ]);
}, 60_000);
beforeEach(async () => {
  configured();
  await forgetQuota();
});
afterAll(async () => {
  await store.close();
  await database.close();
  await emulators.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What one command saw of Okta's limits, the next one knows. */
async function forgetQuota(): Promise<void> {
  const client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  await client.query('delete from rate_buckets');
  await client.end();
}

/**
 * The document of an estimate, what it said beside it, and what the vendors were asked meanwhile.
 */
async function estimated(argv: readonly string[] = [], more: Record<string, string> = {}) {
  const before = (await emulators.log()).length;
  const { code, out, err } = await arx([...estimate, ...argv, '--json'], { ...env, ...more });
  expect(code, out + err).toBe(0);
  const asked = (await emulators.log()).slice(before);
  return { document: JSON.parse(out) as EstimateDocument, err, asked };
}

const operations = (asked: readonly LogEntry[]): string[] =>
  asked.map(({ operation }) => operation);

/** A finished run of a scope, as the store keeps it. */
async function ran(run: string, groups: { id: string; name: string }[] = []): Promise<void> {
  const statuses = ['ACTIVE'];
  const ids = groups.map(({ id }) => id);
  const record = {
    run,
    workflowId: `w-${run}`,
    scopeKey: scopeKey(org, statuses, ids),
    org,
    dryRun: false,
  };
  await store.runs.begin({
    ...record,
    startedAt: new Date().toISOString(),
    plan: { statuses, groups },
  });
  const counts = { ...emptyCounts(), enumerated: 4_000, compliant: 3_960, weak_only: 30, none: 10 };
  const tickets = {
    keys: Array.from({ length: 25 }, (_, at) => `SEC-${at}`),
    closed: 3,
    wouldClose: 0,
  };
  const summary = { counts, tickets };
  await store.runs.finish(null, run, {
    status: 'complete',
    finishedAt: '2026-03-02T08:00:00.000Z',
    summary,
  });
}

describe('where no run is known', () => {
  it('lists the scope to count it: reads of lists only, audited, and said', async () => {
    const { document, err, asked } = await estimated();
    expect(document).toMatchObject({
      schema: 'arx.estimate/v1',
      users: 207,
      calls: 209,
      ticketCalls: null,
      batch: 25,
      quota: { limit: 600, share: 0.5, usable: 295 },
      price: { currency: 'USD' },
      basis: { users: 'listed', quota: 'seen', run: null },
    });
    expect(operations(asked)).toEqual(['users:read', 'users:read']);
    expect(asked.filter(({ write }) => write)).toEqual([]);
    expect(err).toContain('Listed 207 users with 2 calls.');
    const trail = (await store.audit.list({ limit: 1_000 })).map(({ entry }) => entry);
    const reads = trail.filter(({ operation }) => operation === 'okta:users:read');
    expect(reads).toHaveLength(2);
    for (const { kind, actor } of reads) {
      expect(kind).toBe('action.succeeded');
      expect(actor).toMatchObject({
        principal: 'workflow:mfa-enforcement-check',
        authenticatedBy: 'cli',
      });
    }
    expect(await store.runs.list(1)).toEqual([]);
  });

  it('counts who has one of the statuses, and who is in several groups once', async () => {
    configured('scope: { statuses: [ACTIVE, LOCKED_OUT] }\n');
    expect((await estimated()).document.users).toBe(208);
    configured();
    await forgetQuota();
    const { document, asked } = await estimated(['--group', 'Sales', '--group', 'Support']);
    expect(document).toMatchObject({
      users: 2,
      calls: 4,
      basis: { users: 'listed', quota: 'assumed' },
    });
    expect(document.scope.groups).toEqual(['Sales', 'Support']);
    expect(new Set(operations(asked))).toEqual(new Set(['groups:read', 'groups:read_members']));
  });

  it('tells a group that does not exist, and a list that may not be read', async () => {
    const missing = await arx([...estimate, '--group', 'Nobody', '--json'], env);
    expect([missing.code, JSON.parse(missing.out)]).toMatchObject([
      2,
      { schema: 'arx.error/v1', code: 'configuration' },
    ]);
    configured('connectors: { okta: { operations: ["groups:read"] } }\n');
    const denied = await arx([...estimate, '--json'], env);
    expect([denied.code, JSON.parse(denied.out)]).toMatchObject([
      5,
      { schema: 'arx.error/v1', code: 'policy_denied' },
    ]);
    configured();
    const wrong = await arx([...estimate, '--json'], { ...env, OKTA_API_TOKEN: '00wrong' });
    expect([wrong.code, JSON.parse(wrong.out)]).toMatchObject([4, { code: 'unauthenticated' }]);
  });

  it('tries a list again that did not answer', async () => {
    await emulators.fault({
      vendor: 'okta',
      pathPattern: '/users',
      kind: 'status',
      status: 503,
      times: 1,
    });
    const { document, err } = await estimated();
    await emulators.clearFaults();
    expect(document.calls).toBe(209);
    expect(err).toContain('with 3 calls');
  });

  it('knows a limit that is not there', async () => {
    await emulators.oktaSettings({ rateLimit: 0 });
    const { document } = await estimated();
    await emulators.oktaSettings({ rateLimit: 600 });
    expect(document.quota).toMatchObject({ limit: null, usable: null });
    expect(document.seconds).toBeCloseTo(document.calls / document.basis.pace, 0);
  });
});

describe('with an assumed number', () => {
  it('asks nobody', async () => {
    const { document, err, asked } = await estimated(['--assume-users', '100000']);
    expect(asked).toEqual([]);
    expect(document).toMatchObject({
      users: 100_000,
      calls: 100_500,
      batch: 200,
      quota: { limit: 300, share: 0.5, usable: 145 },
      basis: { users: 'assumed', quota: 'assumed', at: null },
    });
    expect(document.actionsByPhase).toMatchObject({ listing: 50, checks: 500 });
    expect(document.seconds / 3_600).toBeCloseTo(11.5, 0);
    expect(err).toContain("Okta's rate limit is not known yet");
  });

  it('needs neither Okta nor a store', async () => {
    const bare = { ARX_HOME: join(folder, 'bare') };
    const { code, out, err } = await arx([...estimate, '--assume-users', '10', '--json'], bare);
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ users: 10, calls: 11, ticketCalls: null });
  });

  it('adds a page for each group', async () => {
    const { document } = await estimated(['--assume-users', '450', '--group', 'A', '--group', 'B']);
    expect(document.calls).toBe(450 + 3 + 2);
  });

  it('prints a table for people', async () => {
    const { code, out } = await arx([...estimate, '--assume-users', '10000'], env);
    expect(code).toBe(0);
    for (const words of [
      '10,050',
      '300 per minute (assumed), share 50.0 %: 145 usable',
      '1 h 9 min',
      'up to',
      '$0',
    ])
      expect(out).toContain(words);
  });
});

describe('where the last run is known', () => {
  beforeAll(async () => {
    await ran('run-of-all');
    await ran('run-of-group', [{ id: '00gaaaaaaaaaaaaaaaaa', name: 'Finance' }]);
  });

  it('sends nothing at all, and adds nothing to the trail', async () => {
    const { size } = await store.audit.head().then(({ entries }) => ({ size: entries }));
    const { document, asked } = await estimated();
    expect(asked).toEqual([]);
    expect((await store.audit.head()).entries).toBe(size);
    expect(document).toMatchObject({
      users: 4_000,
      calls: 4_020,
      ticketCalls: 30,
      actionsByPhase: { checks: 20, tickets: 42, closing: 7 },
      basis: {
        users: 'last_run',
        tickets: 'last_run',
        at: '2026-03-02T08:00:00.000Z',
        run: 'run-of-all',
      },
    });
  });

  it('knows a group by the name or id that a run resolved', async () => {
    for (const group of ['Finance', '00gaaaaaaaaaaaaaaaaa']) {
      const { document, asked } = await estimated(['--group', group]);
      expect(asked).toEqual([]);
      expect(document).toMatchObject({
        users: 4_000,
        calls: 4_021,
        basis: { run: 'run-of-group' },
      });
    }
  });

  it('takes the findings from it where the number is assumed', async () => {
    const { document } = await estimated(['--assume-users', '10']);
    expect(document).toMatchObject({
      users: 10,
      ticketCalls: 30,
      basis: { users: 'assumed', tickets: 'last_run' },
    });
  });

  it('counts two re-reads for everybody on a list of the whole scope, and none without tickets', async () => {
    configured('tickets: { mode: bulk }\n');
    expect((await estimated()).document.ticketCalls).toBe(80);
    configured('tickets: { mode: none }\n');
    expect((await estimated()).document).toMatchObject({
      ticketCalls: 0,
      actionsByPhase: { tickets: 0, closing: 1 },
    });
  });

  it('is another scope with other statuses', async () => {
    configured('scope: { statuses: [ACTIVE, LOCKED_OUT] }\n');
    expect((await estimated()).document.basis.users).toBe('listed');
  });
});
