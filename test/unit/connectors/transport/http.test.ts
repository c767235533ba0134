import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createTransport } from '../../../../src/connectors/transport/http.ts';
import { NETWORK_FAILURES, NetworkFailure } from '../../../../src/connectors/transport/network.ts';
import { failureOf } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';

const servers = serverPool();
const raw: Server[] = [];
afterEach(async () => {
  await servers.closeAll();
  for (const server of raw.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server with hand-written raw responses. */
async function startRawServer(
  answer: (response: ServerResponse, path: string) => void,
): Promise<{ origin: string }> {
  const server = createServer((request, response) => answer(response, request.url ?? ''));
  raw.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const get = (url: string) => ({ method: 'GET', url, headers: { authorization: 'SSWS canary' } });
const kindOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await failureOf(promise);
  expect(error).toBeInstanceOf(NetworkFailure);
  return (error as NetworkFailure).kind;
};

describe('the transport', () => {
  it('reads status, headers and text of a response', async () => {
    const { origin } = await servers.start(() => ({
      status: 207,
      headers: { 'x-a': 'b' },
      text: 'grüße',
    }));
    const answer = await createTransport({ origin })(get(`${origin}/x`));
    expect([answer.status, answer.headers.get('x-a'), answer.text]).toEqual([207, 'b', 'grüße']);
  });

  it('sends nothing to another origin', async () => {
    const home = await servers.start(() => ({ text: 'home' }));
    const foreign = await servers.start(() => ({ text: 'foreign' }));
    const transport = createTransport({ origin: home.origin });
    const port = new URL(home.origin).port;
    for (const url of [
      `${foreign.origin}/x`,
      `http://home@127.0.0.1:1/`,
      `http://localhost:${port}/`,
      'not a url',
    ]) {
      expect(await kindOf(transport(get(url)))).toBe('foreign_origin');
    }
    expect([home.seen.length, foreign.seen.length]).toEqual([0, 0]);
  });

  it.each([301, 302, 307, 308])(
    'does not follow a redirect (%i), not even within the origin',
    async (status) => {
      const target = await servers.start(() => ({ text: 'target' }));
      const server = await servers.start(() => ({
        status,
        headers: { location: `${target.origin}/elsewhere` },
      }));
      expect(
        await kindOf(createTransport({ origin: server.origin })(get(`${server.origin}/x`))),
      ).toBe('redirected');
      expect(target.seen).toEqual([]);
    },
  );

  it('ends at its timeout', async () => {
    const { origin } = await servers.start(() => ({ hang: true }));
    expect(await kindOf(createTransport({ origin, timeoutMs: 50 })(get(`${origin}/x`)))).toBe(
      'timed_out',
    );
  });

  it("ends when the caller's signal is aborted", async () => {
    const controller = new AbortController();
    const { origin } = await servers.start(() => {
      controller.abort();
      return { hang: true };
    });
    const transport = createTransport({ origin });
    expect(await kindOf(transport(get(`${origin}/x`), controller.signal))).toBe('cancelled_midway');
    expect(await kindOf(transport(get(`${origin}/x`), controller.signal))).toBe('cancelled');
  });

  it('stops reading at the limit, with or without a content length', async () => {
    const { origin } = await servers.start(({ path }) => ({
      text: 'x'.repeat(2_000),
      headers: path === '/chunked' ? undefined : { 'content-length': '2000' },
    }));
    const transport = createTransport({ origin, maxBytes: 1_999 });
    expect(await kindOf(transport(get(`${origin}/plain`)))).toBe('too_large');
    expect(await kindOf(transport(get(`${origin}/chunked`)))).toBe('too_large');
    expect(
      (await createTransport({ origin, maxBytes: 2_000 })(get(`${origin}/plain`))).text,
    ).toHaveLength(2_000);
  });

  it('ends at its timeout or on the signal in the middle of a response', async () => {
    const controller = new AbortController();
    const { origin } = await startRawServer((response, path) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      if (path === '/abort') setImmediate(() => controller.abort());
    });
    expect(await kindOf(createTransport({ origin, timeoutMs: 50 })(get(`${origin}/x`)))).toBe(
      'timed_out',
    );
    expect(
      await kindOf(createTransport({ origin })(get(`${origin}/abort`), controller.signal)),
    ).toBe('cancelled_midway');
  });

  it('decompresses responses, up to the limit', async () => {
    const { origin } = await startRawServer((response, path) => {
      const packed = path === '/broken' ? Buffer.from('no gzip') : gzipSync('grüße'.repeat(1_000));
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(path === '/empty' ? '' : packed);
    });
    expect((await createTransport({ origin })(get(`${origin}/x`))).text).toBe(
      'grüße'.repeat(1_000),
    );
    expect((await createTransport({ origin })(get(`${origin}/empty`))).text).toBe('');
    expect(await kindOf(createTransport({ origin, maxBytes: 1_000 })(get(`${origin}/x`)))).toBe(
      'too_large',
    );
    expect(await kindOf(createTransport({ origin })(get(`${origin}/broken`)))).toBe('cut');
  });

  it('reuses a connection only after reading the previous response', async () => {
    const { origin } = await startRawServer((response, path) => {
      const port = String(response.socket?.remotePort);
      response
        .writeHead(path === '/moved' ? 302 : 200, { location: '/x', 'x-port': port })
        .end(port);
    });
    const transport = createTransport({ origin });
    const ports = [await transport(get(`${origin}/x`)), await transport(get(`${origin}/x`))].map(
      ({ text }) => text,
    );
    expect(new Set(ports).size).toBe(1);
    expect(await kindOf(transport(get(`${origin}/moved`)))).toBe('redirected');
    expect((await transport(get(`${origin}/x`))).text).not.toBe(ports[0]);
  });

  it('distinguishes repeated headers from single ones', async () => {
    const { origin } = await startRawServer((response) => {
      response
        .writeHead(200, ['retry-after', '1', 'retry-after', '2', 'x-rate-limit-limit', '600'])
        .end();
    });
    const { headers } = await createTransport({ origin })(get(`${origin}/x`));
    expect([headers.get('Retry-After'), headers.get('x-rate-limit-limit')]).toEqual([
      '1, 2',
      '600',
    ]);
  });

  it('distinguishes a connection that was never established from one that broke', async () => {
    const gone = await servers.start(() => ({}));
    await servers.closeAll();
    expect(await kindOf(createTransport({ origin: gone.origin })(get(`${gone.origin}/x`)))).toBe(
      'unreachable',
    );
    const before = await servers.start(() => ({ cut: 'before' }));
    expect(
      await kindOf(createTransport({ origin: before.origin })(get(`${before.origin}/x`))),
    ).toBe('cut');
    const midway = await servers.start(() => ({ cut: 'midway', text: 'x'.repeat(4_000) }));
    expect(
      await kindOf(createTransport({ origin: midway.origin })(get(`${midway.origin}/x`))),
    ).toBe('cut');
    expect([
      NETWORK_FAILURES.unreachable.sent,
      NETWORK_FAILURES.cut.sent,
      NETWORK_FAILURES.timed_out.sent,
    ]).toEqual([false, true, true]);
  });

  it('does not quote the request in its errors', async () => {
    const { origin } = await servers.start(() => ({ cut: 'before' }));
    const error = await failureOf(
      createTransport({ origin })({
        ...get(`${origin}/x?q=canary`),
        method: 'POST',
        body: 'canary',
      }),
    );
    expect(`${error.stack}${JSON.stringify(error)}${String(error.cause)}`).not.toContain('canary');
  });

  it('leaves no listeners on a signal that outlives many requests', async () => {
    const { origin } = await servers.start(() => ({ text: 'ok' }));
    const { signal } = new AbortController();
    let attached = 0;
    const counting = new Proxy(signal, {
      get: (target, name) => {
        if (name === 'addEventListener') attached += 1;
        if (name === 'removeEventListener') attached -= 1;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const transport = createTransport({ origin });
    for (let count = 0; count < 20; count += 1) await transport(get(`${origin}/x`), counting);
    expect(attached).toBe(0);
  });
});
