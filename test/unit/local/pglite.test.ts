import fc from 'fast-check';
import { once } from 'node:events';
import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { servePglite } from '../../../src/local/pglite.ts';
import type { ServedPglite } from '../../../src/local/pglite.ts';
import { FrameReader } from '../../../src/local/pglite-frames.ts';
import type { Frame } from '../../../src/local/pglite-frames.ts';
import { assertProperty } from '../../support/properties.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

let shared: ServedPglite;
beforeAll(async () => {
  shared = await servePglite({ dataDir: null });
});
afterAll(async () => await shared.close());

async function serve(idleInTransactionMs: number): Promise<string> {
  const served = await servePglite({ dataDir: null, idleInTransactionMs });
  cleanups.push(served.close);
  return served.databaseUrl;
}

function poolOf(databaseUrl: string, max = 10): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max });
  pool.on('error', () => undefined);
  cleanups.push(() => pool.end());
  return pool;
}

async function clientOf(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

test('statements with parameters of many clients do not mix, inside transactions and outside', async () => {
  const databaseUrl = shared.databaseUrl;
  const pools = [poolOf(databaseUrl), poolOf(databaseUrl)];
  const ask = async (pool: pg.Pool, n: number): Promise<unknown> => {
    if (n % 3 === 0)
      return (await pool.query('select $1::text as mine, $2::int as n', [`q${n}`, n])).rows[0].mine;
    if (n % 3 === 1) return (await pool.query('select $1::text as mine', [`q${n}`])).rows[0].mine;
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query('select $1::text as mine', [`q${n}`]);
      await client.query(n % 2 ? 'commit' : 'rollback');
      return rows[0].mine;
    } finally {
      client.release();
    }
  };
  const answers = await Promise.all(Array.from({ length: 1500 }, (_, n) => ask(pools[n % 2]!, n)));
  expect(answers).toEqual(answers.map((__, n) => `q${n}`));
});

test('an error in a statement reaches its client only', async () => {
  const pool = poolOf(shared.databaseUrl);
  const work = Array.from({ length: 60 }, (_, n) =>
    pool.query('select 1 / $1::int as one', [n % 2]),
  );
  const settled = await Promise.allSettled(work);
  expect(settled.map(({ status }) => status)).toEqual(
    settled.map((__, n) => (n % 2 ? 'fulfilled' : 'rejected')),
  );
});

test('the open transaction of a client that disconnects is rolled back, and the others continue', async () => {
  const databaseUrl = shared.databaseUrl;
  const pool = poolOf(databaseUrl);
  await pool.query('create table vanished (id int)');
  const vanishing = await clientOf(databaseUrl);
  await vanishing.query('begin');
  await vanishing.query('insert into vanished values ($1)', [1]);
  const waiting = pool.query('select count(*)::int as rows from vanished');
  (
    vanishing as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy();
  expect((await waiting).rows).toEqual([{ rows: 0 }]);
});

test('a client that stays idle inside a transaction is disconnected', async () => {
  const databaseUrl = await serve(100);
  const pool = poolOf(databaseUrl);
  await pool.query('create table t (id int)');
  const idle = await clientOf(databaseUrl);
  await idle.query('begin');
  await idle.query('insert into t values (1)');
  expect((await pool.query('select count(*)::int as rows from t')).rows).toEqual([{ rows: 0 }]);
  await expect(idle.query('commit')).rejects.toThrow();
});

test('a client with an active transaction is not disconnected', async () => {
  const client = await clientOf(await serve(1_000));
  await client.query('begin');
  const began = Date.now();
  while (Date.now() - began < 1_300) await client.query('select $1::int', [1]);
  await client.query('commit');
  await client.end();
});

test('a client waits for rows locked by another', async () => {
  const pool = poolOf(shared.databaseUrl, 20);
  await pool.query('create table counter (n int); insert into counter values (0)');
  const increment = async (): Promise<void> => {
    const client = await pool.connect();
    await client.query('begin');
    const { rows } = await client.query('select n from counter for update');
    await client.query('update counter set n = $1', [rows[0].n + 1]);
    await client.query('commit');
    client.release();
  };
  await Promise.all(Array.from({ length: 50 }, increment));
  expect((await pool.query('select n from counter')).rows).toEqual([{ n: 50 }]);
});

test('encryption is refused as the protocol defines', async () => {
  const client = new pg.Client({ connectionString: shared.databaseUrl, ssl: true });
  await expect(client.connect()).rejects.toThrow('does not support SSL');
});

test.each([
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['a request to cancel', Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 0, 0, 0, 0, 0])],
  ['an impossible length', Buffer.from([255, 255, 255, 255, 0, 3, 0, 0])],
])('%s ends that connection and no other', async (_, bytes) => {
  const databaseUrl = shared.databaseUrl;
  const pool = poolOf(databaseUrl);
  await pool.query('select 1');
  const { hostname, port } = new URL(databaseUrl);
  const socket = connect(Number(port), hostname).resume();
  socket.write(bytes);
  await once(socket, 'close');
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('large parameters and answers pass', async () => {
  const pool = poolOf(shared.databaseUrl);
  const text = 'x'.repeat(3_000_000);
  expect((await pool.query('select $1::text as back', [text])).rows[0].back).toBe(text);
});

test('closing ends open transactions and waits', async () => {
  const served = await servePglite({ dataDir: null });
  const client = await clientOf(served.databaseUrl);
  await client.query('begin');
  await served.close();
  await expect(client.query('select 1')).rejects.toThrow();
});

const typed = (type: string, body: Buffer): Buffer => {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
};

test('frames do not depend on how the bytes arrive', () => {
  const start = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);
  const message = fc.tuple(
    fc.constantFrom('P', 'B', 'D', 'E', 'S', 'Q', 'H'),
    fc.uint8Array({ maxLength: 20 }),
  );
  const script = fc.record({
    messages: fc.array(message, { maxLength: 20 }),
    cuts: fc.array(fc.nat(), { maxLength: 30 }),
  });
  assertProperty(
    fc.property(script, ({ messages, cuts }) => {
      const parts = messages.map(([type, body]) => typed(type, Buffer.from(body)));
      const bytes = Buffer.concat([start, ...parts]);
      const places = [
        0,
        ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b),
        bytes.length,
      ];
      const reader = new FrameReader();
      const frames: Frame[] = places
        .slice(1)
        .flatMap((end, n) => reader.push(bytes.subarray(places[n], end)));
      const last = messages.findLastIndex(([type]) => 'SQH'.includes(type));
      const units = frames.flatMap((frame) =>
        frame.kind === 'unit' ? [Buffer.from(frame.bytes)] : [],
      );
      expect(Buffer.concat(units)).toEqual(Buffer.concat([start, ...parts.slice(0, last + 1)]));
      expect(units).toHaveLength(1 + messages.filter(([type]) => 'SQH'.includes(type)).length);
    }),
  );
});
