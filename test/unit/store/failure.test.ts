import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import { StoreQueryError, StoreUnavailableError } from '../../../src/store/errors.ts';
import { reduceFailure } from '../../../src/store/failure.ts';
import { freePort } from '../../../src/local/ports.ts';
import { draftOf } from '../../support/audit.ts';
import { describeOnStores } from '../../support/stores.ts';

const PASSWORD = 'canary-hunter2';

const failureOf = async (work: Promise<unknown>): Promise<Error> => {
  const settled = await work.then(
    () => null,
    (error: Error) => error,
  );
  if (!settled) throw new Error('this should have failed');
  return settled;
};

const servers: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server that accepts connections and then calls `greet`. */
async function listen(greet: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push({ server, sockets });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['no server listens', async () => `127.0.0.1:${await freePort()}`],
  ['the server hangs up', () => listen((socket) => socket.destroy())],
  ['the server never answers', () => listen(() => undefined)],
  [
    'the server speaks something else',
    () => listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  ],
])(
  'reports the store as unavailable, within seconds and without the password, if %s',
  async (_, start) => {
    const address = await start();
    const began = Date.now();
    const error = await failureOf(
      openStore({ databaseUrl: `postgres://arx:${PASSWORD}@${address}/arx` }),
    );
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(PASSWORD);
    expect(Date.now() - began).toBeLessThan(8_000);
  },
);

test.each(['mysql://a:canary-hunter2@h/d', 'canary-hunter2', ''])(
  'refuses the store address %j',
  async (databaseUrl) => {
    const error = await failureOf(openStore({ databaseUrl }));
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(inspect(error)).not.toContain(PASSWORD);
  },
);

test.each([
  [
    { code: '23505', table: 't', constraint: 'c', detail: 'Key (login)=(a@b) exists' },
    StoreQueryError,
    'SQLSTATE 23505, table t, constraint c',
  ],
  [{ code: '57P01', message: 'terminating' }, StoreUnavailableError, '(SQLSTATE 57P01)'],
  [
    { code: '28P01', message: 'password authentication failed' },
    StoreUnavailableError,
    '(SQLSTATE 28P01)',
  ],
  [{ code: 'ECONNRESET', message: 'read ECONNRESET' }, StoreUnavailableError, '(ECONNRESET)'],
  [
    new Error('something with canary-hunter2'),
    StoreUnavailableError,
    'h:1/d does not respond: check',
  ],
  [null, StoreUnavailableError, 'does not respond'],
])('reduces %j', (failure, kind, text) => {
  const reduced = reduceFailure(failure, 'h:1/d');
  expect(reduced).toBeInstanceOf(kind);
  expect(reduced.message).toContain(text);
  expect(inspect(reduced)).not.toMatch(/a@b|canary/);
});

describeOnStores('failures', (source) => {
  test('a refused statement contains no values or address', async () => {
    const store = await source.fresh();
    const page = store.users.addPage('no such run', 0, 'canary-cursor', []);
    const error = await failureOf(page);
    expect(error).toMatchObject({ name: 'StoreQueryError', sqlState: '23503' });
    expect(inspect(error)).not.toMatch(/canary|no such run/);
  });

  test('a ping gets a response even if every connection is in use', async () => {
    const store = await source.fresh({ maxConnections: 1 });
    await Promise.all([store.ping(), store.audit.head(), store.ping()]);
  });

  test('effects of one store do not wait for the connections of another', async () => {
    const store = await source.fresh({ maxConnections: 1 });
    const appends = Array.from({ length: 30 }, (_, n) =>
      store.journal.append([draftOf({ subject: `s${n}` })]),
    );
    const reads = Array.from({ length: 30 }, () => store.audit.countByKind('run-1'));
    await Promise.all([...appends, ...reads]);
    expect((await store.audit.head()).entries).toBe(30);
  });
});
