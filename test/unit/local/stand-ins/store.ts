/** Stands in for the store process: accepts connections and says nothing. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

const server = createServer((socket) => socket.on('error', () => undefined).resume());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ databaseUrl: `postgres://arx@127.0.0.1:${port}/arx` }));
});
