import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../../src/server/http-server.ts';

const LIMITS = {
  headersTimeout: 200,
  requestTimeout: 400,
  connectionsCheckingInterval: 50,
  idleTimeout: 60_000,
  maxConnections: 2,
};
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function start(): Promise<number> {
  const server = createHttpServer(async (request) => {
    await request.text();
    return new Response('ok');
  }, LIMITS);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A connection on which this much of a request is sent, and no more. */
async function open(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.resume().write(text);
  return socket;
}

const closed = (socket: Socket): Promise<unknown> =>
  new Promise((resolve) => socket.once('close', resolve));

describe('a connection to the server', () => {
  it.each([
    ['sends nothing', ''],
    ['stops in its headers', 'GET / HTTP/1.1\r\nhost: x\r\n'],
    ['stops in its body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc'],
  ])('ends by itself if the client %s', async (_what, text) => {
    const socket = await open(await start(), text);
    await closed(socket);
    expect(socket.destroyed).toBe(true);
  });

  it('is closed at once if there are as many as may be', async () => {
    const port = await start();
    await Promise.all([open(port, 'GET / HTTP/1.1\r\n'), open(port, 'GET / HTTP/1.1\r\n')]);
    const third = await open(port, 'GET / HTTP/1.1\r\n');
    await closed(third);
    expect(sockets.slice(0, 2).some(({ destroyed }) => destroyed)).toBe(false);
  });
});
