/** Free loopback ports for servers that need their port in advance. */

import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/**
 * A port on 127.0.0.1 that the system assigns to no other process for the next minute. One
 * connection through it is closed from the listening side first, which leaves the port in
 * TIME_WAIT.
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(0, '127.0.0.1', resolve),
  );
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  const closed = new Promise((resolve) => client.once('close', resolve));
  client.on('error', () => undefined).resume();
  (await accepted).end();
  await closed;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether something accepts connections on host:port. */
export async function accepts(address: string, timeoutMs = 2_000): Promise<boolean> {
  const at = address.lastIndexOf(':');
  const socket = connect({
    host: address.slice(0, at),
    port: Number(address.slice(at + 1)),
    timeout: timeoutMs,
  });
  const answer = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('timeout', () => resolve(false));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return answer;
}

/** Asks a PostgreSQL server for TLS; the answer, yes or no, is one byte. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Whether a PostgreSQL server at this address answers: a stopped process still accepts connections.
 */
export async function storeAnswers(databaseUrl: string, timeoutMs = 5_000): Promise<boolean> {
  const { hostname, port } = new URL(databaseUrl);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 5432),
    timeout: timeoutMs,
  });
  const answer = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => socket.write(SSL_REQUEST));
    socket.once('data', () => resolve(true));
    socket.once('timeout', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return answer;
}
