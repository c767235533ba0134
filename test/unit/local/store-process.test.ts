import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { verifyChain } from '../../../src/audit/chain.ts';
import { withStorePassword } from '../../../src/local/store-password.ts';
import { openStore } from '../../../src/store/open.ts';
import { draftOf } from '../../support/audit.ts';

const ENTRY = fileURLToPath(new URL('../../../src/local/store-process.ts', import.meta.url));
const children: ChildProcess[] = [];
// Each test starts several databases, and machines that run tests are busy.
vi.setConfig({ testTimeout: 120_000 });

let folder = '';
let dataDir = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arx-store-'));
  dataDir = join(folder, 'postgres');
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => end(child, 'SIGKILL')));
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  child: ChildProcess;
  databaseUrl: string;
  /** The first line of its output. */
  printed: string;
}

function run(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function start(): Promise<Started> {
  const child = run([dataDir]);
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
  const { databaseUrl } = JSON.parse(line) as { databaseUrl: string };
  return { child, databaseUrl: withStorePassword(databaseUrl, dataDir), printed: line };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null)
    return child.exitCode ?? child.signalCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  const [code, by] = await ended;
  return code ?? by;
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'serves a directory, closes on %s and keeps what was written',
  async (signal) => {
    const first = await start();
    expect(new URL(first.databaseUrl).hostname).toBe('127.0.0.1');
    const store = await openStore({ databaseUrl: first.databaseUrl });
    await store.migrate();
    await store.journal.append([draftOf()]);
    const head = await store.audit.head();
    expect(await end(first.child, signal)).toBe(0);
    await store.close();
    expect(existsSync(`${dataDir}.pid`)).toBe(false);

    const second = await start();
    const again = await openStore({ databaseUrl: second.databaseUrl });
    expect(await again.audit.head()).toEqual(head);
    await again.close();
  },
);

test('lets nobody in who does not know its password, which is new at each start', async () => {
  const { child, databaseUrl, printed } = await start();
  const { password } = new URL(databaseUrl);
  expect(password).toMatch(/^[\w-]{32}$/);
  expect(printed).not.toContain(password);
  expect((await stat(`${dataDir}.password`)).mode & 0o777).toBe(0o600);
  for (const guess of ['', ':wrong', `:${password}x`]) {
    const url = databaseUrl.replace(`:${password}`, guess);
    await expect(openStore({ databaseUrl: url })).rejects.toMatchObject({
      name: 'StoreUnavailableError',
    });
  }
  await end(child, 'SIGTERM');
  expect(new URL((await start()).databaseUrl).password).not.toBe(password);
});

test('refuses a directory that a live process serves', async () => {
  const { child } = await start();
  const refused = run([dataDir]);
  const [message] = (await once(createInterface(refused.stderr!), 'line')) as [string];
  const [code] = await once(refused, 'close');
  expect(code).toBe(3);
  expect(message).toContain(`in use by process ${child.pid}`);
  expect(child.exitCode).toBeNull();
});

test('exactly one of several simultaneous starts serves', async () => {
  const started = Array.from({ length: 4 }, () => run([dataDir]));
  const outcomes = await Promise.all(
    started.map((child) =>
      Promise.race([
        once(child.stdout!, 'data').then(() => 'serves'),
        once(child, 'exit').then(([code]) => code),
      ]),
    ),
  );
  expect(outcomes.toSorted()).toEqual([3, 3, 3, 'serves']);
});

test('a pid file left behind by a dead process or a crash is ignored', async () => {
  await writeFile(`${dataDir}.pid`, JSON.stringify({ pid: process.pid, started: 'another boot' }));
  const { child } = await start();
  expect(await end(child, 'SIGTERM')).toBe(0);
  await writeFile(`${dataDir}.pid`, '{"pid":');
  expect((await start()).databaseUrl).toContain('127.0.0.1');
});

test('after kill -9 every acknowledged entry is there, three times in a row', async () => {
  const acknowledged: string[] = [];
  const failures = new Set<string>();
  for (const round of [1, 2, 3]) {
    const { child, databaseUrl } = await start();
    const store = await openStore({ databaseUrl });
    await store.migrate();
    const killed = once(child, 'exit');
    let going = true;
    const lane = async (name: number): Promise<void> => {
      for (let n = 0; going; n += 1) {
        const appended = store.journal.append([draftOf({ subject: `r${round}-${name}-${n}` })]);
        const receipts = await appended.catch((error: Error) => {
          failures.add(error.name);
          return [];
        });
        acknowledged.push(...receipts.map(({ id }) => id));
        if (acknowledged.length >= round * 200) child.kill('SIGKILL');
        going &&= receipts.length > 0;
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, name) => lane(name)));
    await killed;
    await store.close();
  }
  const { databaseUrl } = await start();
  const store = await openStore({ databaseUrl });
  expect(await verifyChain(store.audit.pages(500), await store.audit.head())).toMatchObject({
    ok: true,
  });
  const stored = new Set((await store.audit.list({})).map(({ entry }) => entry.id));
  expect([...failures]).toEqual(['AuditUnavailableError']);
  expect(acknowledged.length).toBeGreaterThanOrEqual(600);
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  await store.close();
});

test.each([[[]], [['dir', 'port']]])('wrong arguments %j are exit code 2', async (args) => {
  const [code] = await once(run(args), 'exit');
  expect(code).toBe(2);
});
