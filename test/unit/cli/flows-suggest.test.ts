import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Suggestion } from '../../../src/cli/flows/suggest.ts';
import { keyHash } from '../../../src/config/env/identity-keys.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { readIssue } from '../../../src/flows/issue.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { arx } from './support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-suggest-'));
const config = join(folder, 'arx.yaml');
const ORG = 'example.okta.com';
const AT = '2026-11-22T08:00:00.000Z';
const KEYS = {
  all: `arxk_${'a'.repeat(43)}`,
  some: `arxk_${'b'.repeat(43)}`,
  none: `arxk_${'c'.repeat(43)}`,
};
const SETS = `resource_sets:
  - { name: All, flows: ['*'], members: ['key:all'], permissions: [run] }
  - { name: Some, flows: ['Suspend Okta Account'], members: ['key:some'], permissions: [view] }
`;
let database: TestDatabase;
let store: Store;
let env: Record<string, string>;

beforeAll(async () => {
  writeFileSync(config, 'version: 1\n');
  writeFileSync(join(folder, 'resource_sets.yaml'), SETS);
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl, maxConnections: 2 });
  await store.migrate();
  const named = { person: null, createdAt: AT, revokedAt: null };
  for (const [name, text] of Object.entries(KEYS))
    await store.keys.addAccessKey({ name, hash: keyHash(text), ...named });
  const okta = { OKTA_DOMAIN: ORG, OKTA_API_TOKEN: '00token' };
  env = { DATABASE_URL: database.databaseUrl, ...okta, ARX_KEY: KEYS.all };
});
afterAll(async () => {
  await store.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Document {
  check: string | null;
  items: Suggestion[];
  without: Record<string, number>;
}
async function suggested(...more: string[]): Promise<Document> {
  const { code, out, err } = await arx(
    ['flows', 'suggest', '--config', config, '--json', ...more],
    env,
  );
  expect(code, err + out).toBe(0);
  return JSON.parse(out) as Document;
}

const VERDICTS = {
  '00u1': 'none',
  '00u2': 'pending_only',
  '00u3': 'weak_only',
  '00u4': 'compliant',
  '00u5': 'none',
} as const;

async function checkedOnce(): Promise<void> {
  const plan = { administrators: ['00u5'] };
  const begun = {
    run: 'run-1',
    workflowId: 'w',
    scopeKey: 'k',
    org: ORG,
    dryRun: true,
    startedAt: AT,
    plan,
  };
  await store.runs.begin(begun);
  const listed = Object.keys(VERDICTS).map((userId) => ({
    userId,
    login: `${userId}@example.com`,
    email: null,
    department: null,
    created: null,
    activated: null,
    status: 'ACTIVE',
  }));
  await store.users.addPage('run-1', 0, null, listed);
  for (const [userId, verdict] of Object.entries(VERDICTS)) {
    const record = { verdict, reason: 'no active factor', factors: [], checkedAt: AT };
    const entry = {
      workflowId: 'w',
      run: 'run-1',
      kind: 'user.checked',
      subject: userId,
      at: AT,
    } as const;
    const actor = {
      principal: 'workflow:mfa-enforcement-check',
      authenticatedBy: 'worker',
    } as const;
    await store.journal.append([{ ...entry, actor, surface: 'workflow' }], (tx) =>
      store.users.setVerdict(tx, 'run-1', userId, record),
    );
  }
  await store.runs.finish(null, 'run-1', { status: 'complete', finishedAt: AT, summary: {} });
}

it('finds nothing where nothing was looked at, and says what to do', async () => {
  expect(await suggested()).toMatchObject({
    schema: 'arx.flows/v1',
    check: null,
    sync: null,
    items: [],
  });
  const { out } = await arx(['flows', 'suggest', '--config', config], env);
  expect(out).toContain('arx run mfa-enforcement-check');
});

it('gives who has no factor as issues, the most severe first, each with the flow and what that needs', async () => {
  await checkedOnce();
  const { items, without, check } = await suggested();
  expect(check).toBe('run-1');
  expect(items.map(({ account, title, severity }) => [account.id, title, severity])).toEqual([
    ['00u5', 'No MFA - Admin Account', 'High'],
    ['00u1', 'No MFA - Account', 'Medium'],
    ['00u2', 'Pending MFA - Account', 'Medium'],
  ]);
  expect(items[0]).toMatchObject({
    flow: 'Okta: Add User to a Group',
    enabled: true,
    needs: ['group'],
    file: null,
  });
  expect(without).toEqual({ weak_only: 1 });
});

it('saves events that are well-formed, for nobody else to read, and the same each time', async () => {
  const to = join(folder, 'events');
  const { items } = await suggested('--save', to);
  expect(readdirSync(to)).toHaveLength(items.length);
  for (const { file, event, account } of items) {
    const read = readIssue(JSON.parse(readFileSync(`${file}`, 'utf8')));
    expect(read).toMatchObject({
      ok: true,
      issue: { eventId: event['eventId'], entity: { account: { id: account.id } } },
    });
    expect(statSync(`${file}`).mode & 0o077).toBe(0);
  }
  const again = await suggested();
  expect(again.items.map(({ event }) => event)).toEqual(items.map(({ event }) => event));
});

it('tells a person the same, and how to go on', async () => {
  const { code, out, err } = await arx(['flows', 'suggest', '--config', config], env);
  expect(code).toBe(0);
  expect(out).toMatch(
    /No MFA - Admin Account {2,}00u5@example\.com {2,}Okta: Add User to a Group {2,}group/,
  );
  expect(err).toMatch(/1 finding without a flow.*1 weak_only[\s\S]*--save/);
});

it.each([
  ['a key without a set', { ARX_KEY: KEYS.none }, /agent:none/],
  ['nobody', { ARX_KEY: '' }, /user:anonymous[\s\S]*ARX_KEY/],
])('tells %s nothing, and why', async (_, over, why) => {
  const who = { ...env, ...over };
  const { code, out } = await arx(['flows', 'suggest', '--config', config, '--json'], who);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ check: null, items: [], without: {} });
  expect((await arx(['flows', 'suggest', '--config', config], who)).out).toMatch(why);
});

it('tells of the flows that whoever asks may see, and no others', async () => {
  const { code, out } = await arx(['flows', 'suggest', '--config', config, '--json'], {
    ...env,
    ARX_KEY: KEYS.some,
  });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ check: 'run-1', items: [], without: {} });
});

it('believes no name that is not proven', async () => {
  const { code, out } = await arx(
    ['flows', 'suggest', '--config', config, '--json', '--as', 'ann@example.com'],
    {
      ...env,
      ARX_KEY: '',
    },
  );
  expect(code).toBe(4);
  expect(JSON.parse(out)).toMatchObject({ schema: 'arx.error/v1', code: 'unauthenticated' });
});
