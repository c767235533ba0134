import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { freePortFrom } from '../../../../src/cli/up/free-port.ts';

const HOST = '127.0.0.1';

it('is the given port if nothing listens there, else the next one', async () => {
  const taken = createServer().listen(0, HOST);
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  expect(await freePortFrom(port, HOST)).toBeGreaterThan(port);
  taken.close();
  await once(taken, 'close');
  expect(await freePortFrom(port, HOST)).toBe(port);
});
