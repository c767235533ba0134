import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { verifyChain } from '../../../../src/audit/chain.ts';
import type { Purge } from '../../../../src/services/audit/purge.ts';
import { makeCheckpoint } from '../../../../src/store/journal/checkpointer.ts';
import type { Store } from '../../../../src/store/types.ts';
import { draftOf } from '../../../support/audit.ts';
import { ORIGIN, partsOf } from '../../../support/checkpoints.ts';
import { insertRows, tablesWith } from '../../../support/rows.ts';
import type { Row } from '../../../support/rows.ts';
import { storeOfTest } from '../support/store.ts';
import { arx } from '../support/terminal.ts';

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
const ORG = 'acme.okta.com';
const of = storeOfTest('arx-purge');
const { query } = of;
let store: Store;
let env: Record<string, string>;
let home: string;

beforeEach(() => {
  ({ store, home } = of);
  const config = join(home, 'arx.yaml');
  writeFileSync(config, 'version: 1\nretention: { users: 30d, audit: 60d }\n');
  env = { ...of.env, ARX_CONFIG: config };
});

interface Document extends Purge {
  schema: string;
  dryRun: boolean;
}
const purge = async (...argv: string[]): Promise<{ code: number | null; document: Document }> => {
  const { out, code } = await arx(['purge', ...argv, '--json'], env);
  return { code, document: JSON.parse(out) as Document };
};
const purged = async () => await store.audit.list({ kind: 'data.purged' });

const run = (name: string, days: number): Row => [
  'runs',
  {
    run: name,
    workflow_id: name,
    scope_key: 'all',
    org: ORG,
    status: 'complete',
    dry_run: false,
    started_at: daysAgo(days),
    finished_at: daysAgo(days),
    plan: {},
  },
];
const user = (of: string, login: string): Row => [
  'run_users',
  {
    run: of,
    user_id: login,
    page: 0,
    position: 0,
    login,
    email: login,
    status: 'ACTIVE',
    verdict: 'none',
  },
];

/** Two scans, one of them old, and a trail of three old entries and one of today. */
async function fill(): Promise<void> {
  await insertRows({ query }, [
    run('old', 40),
    run('young', 3),
    user('old', 'canary@acme.com'),
    user('young', 'ann'),
  ]);
  const old = ['a', 'b', 'c'].map((subject) =>
    draftOf({ subject, at: daysAgo(70), target: 'canary@acme.com' }),
  );
  await store.journal.append([...old, draftOf({ subject: 'd', at: daysAgo(1) })]);
}

it('has nothing to do in a store without old data, and writes nothing', async () => {
  await insertRows({ query }, [run('young', 3), user('young', 'ann')]);
  const { code, out } = await arx(['purge', '--yes'], env);
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^Nothing to remove\.\nKept: personal data since /),
  ]);
  expect(await arx(['purge'], env)).toMatchObject({ code: 0 });
  expect((await store.audit.head()).entries).toBe(0);
});

it('counts with --dry-run, and changes nothing', async () => {
  await fill();
  await makeCheckpoint(partsOf(store, home), ORIGIN);
  const before = await store.audit.head();
  const { code, document } = await purge('--dry-run', '--yes');
  expect(code).toBe(0);
  expect(document).toMatchObject({
    schema: 'arx.purge/v1',
    dryRun: true,
    audit: { upTo: 3, entries: 3 },
    users: { removed: { 'scans, left as figures': 1, 'users of scans': 1 } },
  });
  expect(Date.parse(document.users.before)).toBeCloseTo(Date.parse(daysAgo(30)), -5);
  expect(Date.parse(document.audit.before)).toBeCloseTo(Date.parse(daysAgo(60)), -5);
  expect(await store.audit.head()).toEqual(before);
  expect(await tablesWith({ query }, 'canary')).toEqual(['audit_entries', 'run_users']);
});

it('removes nothing without --yes, and says what it would', async () => {
  await fill();
  const { code, out, err } = await arx(['purge'], env);
  expect(code).toBe(2);
  expect(out).toMatch(/users of scans\s+1/);
  expect(err).toMatch(/Nothing was removed.*users of scans: 1/);
  expect(err).toContain('--yes');
  const refused = await arx(['purge', '--json'], env);
  expect(JSON.parse(refused.out)).toMatchObject({ schema: 'arx.error/v1', code: 'not_confirmed' });
  expect(await tablesWith({ query }, 'canary')).toEqual(['audit_entries', 'run_users']);
  expect(await purged()).toEqual([]);
});

it('removes behind an entry that says so, signs the trail before, and leaves proofs that hold', async () => {
  await fill();
  await makeCheckpoint(partsOf(store, home), ORIGIN);
  const { code, document } = await purge('--yes');
  expect(code).toBe(0);
  const removed = { 'scans, left as figures': 1, 'users of scans': 1 };
  expect(document).toMatchObject({
    dryRun: false,
    users: { removed },
    audit: { upTo: 3, entries: 3 },
  });
  expect(await tablesWith({ query }, 'canary')).toEqual([]);
  const [{ entry } = { entry: null }, ...others] = await purged();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    actor: { principal: 'cli:arx', authenticatedBy: 'none' },
    surface: 'cli',
    outcome: { audit: document.audit, users: document.users },
  });
  const verdict = await verifyChain(store.audit.pages(100), await store.audit.head());
  expect(verdict).toMatchObject({ ok: true, removed: 3 });
  expect(await arx(['audit', 'verify'], env)).toMatchObject({ code: 0 });
  expect((await purge('--yes')).document).toMatchObject({
    users: { removed: {} },
    audit: { entries: 0 },
  });
  expect(await purged()).toHaveLength(1);
});

it('records first that audit entries are kept for a shorter time than before', async () => {
  const shortened = async () =>
    (await store.audit.list({ kind: 'retention.shortened' })).map(({ entry }) => entry.outcome);
  const day = 86_400_000;
  await fill();
  await makeCheckpoint(partsOf(store, home), ORIGIN);
  await purge('--yes');
  const first = { audit: { fromMs: 400 * day, toMs: 60 * day } };
  expect(await shortened()).toEqual([first]);
  await insertRows({ query }, [run('middle', 35), user('middle', 'bea')]);
  writeFileSync(`${env['ARX_CONFIG']}`, 'version: 1\nretention: { users: 30d, audit: 31d }\n');
  await purge('--yes');
  expect(await shortened()).toEqual([first, { audit: { fromMs: 60 * day, toMs: 31 * day } }]);
});

it('signs what no checkpoint covers yet, where the key is here', async () => {
  await store.journal.append([draftOf({ subject: 'first', at: daysAgo(80) })]);
  await makeCheckpoint(partsOf(store, home), ORIGIN);
  await store.journal.append([draftOf({ subject: 'second', at: daysAgo(70) })]);
  const size = (await store.checkpoints.newest())!.size;
  await purge('--yes');
  expect((await store.checkpoints.newest())!.size).toBeGreaterThan(size);
});

it('leaves entries alone that nobody signed, where the key is elsewhere', async () => {
  await fill();
  const { code, err } = await arx(['purge', '--yes'], env);
  expect(code).toBe(0);
  expect(err).toContain('No checkpoint can be created here');
  expect(await tablesWith({ query }, 'canary')).toEqual(['audit_entries']);
  expect((await purged())[0]?.entry.outcome).toMatchObject({ audit: { entries: 0 } });
});

it('refuses to remove from a trail that is not the one signed', async () => {
  await fill();
  await makeCheckpoint(partsOf(store, home), ORIGIN);
  await store.journal.append([draftOf({ subject: 'e', at: daysAgo(1) })]);
  await query(
    'update audit_tiles set hashes = set_byte(hashes, 0, (get_byte(hashes, 0) + 1) % 256) where level = 0',
  );
  const { code, err } = await arx(['purge', '--yes'], env);
  expect(code).toBe(1);
  expect(err).toContain('arx audit verify');
  expect(await tablesWith({ query }, 'canary')).toEqual(['audit_entries', 'run_users']);
});

it('tells of a run without people what it is, in every form of its report', async () => {
  await fill();
  await purge('--yes');
  const said = /The users of this run were removed on \d{4}-\d\d-\d\d, past their retention period/;
  const table = await arx(['report', 'old'], env);
  expect(table.out).toMatch(said);
  expect((await arx(['report', 'old', '--format', 'html'], env)).out).toMatch(said);
  expect((await arx(['report', 'old', '--format', 'csv'], env)).err).toMatch(said);
  const { out } = await arx(['report', 'old', '--json'], env);
  expect(JSON.parse(out)).toMatchObject({ removedAt: expect.any(String) as string, users: [] });
  const runs = JSON.parse((await arx(['runs', '--json'], env)).out) as {
    items: { run: string; removedAt?: string }[];
  };
  const marked = runs.items
    .filter(({ removedAt }) => removedAt !== undefined)
    .map(({ run }) => run);
  expect(marked).toEqual(['old']);
});
