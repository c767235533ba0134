/** Stands in for the store process: only answers the first message of a connection. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

const server = createServer((socket) => {
  socket.on('error', () => undefined).once('data', () => socket.write('N'));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ databaseUrl: `postgres://arx@127.0.0.1:${port}/arx` }));
});
