import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { directoryWith } from '../../../support/config.ts';
import { arx } from '../support/terminal.ts';

const KEY = `arxk_${'a'.repeat(43)}`;
const closings: (() => void)[] = [];
afterEach(() => closings.splice(0).forEach((close) => close()));

/** A server that answers every request in this way, and what it was sent. */
async function serverThat(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: { method: string; url: string; key: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, key: headers.authorization, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const json = (response: ServerResponse, status: number, document: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
};

async function approvals(argv: string[], env: Record<string, string>) {
  const all = { ARX_HOME: directoryWith(), ARX_KEY: KEY, ...env };
  const { code, out } = await arx(['approvals', ...argv, '--json'], all);
  return { code, document: JSON.parse(out) as Record<string, unknown> };
}

describe('approvals on a server', () => {
  it('are decided by the owner of the key, with one id for the decision', async () => {
    const approval = { request: 'r1', action: 'succeeded', votes: [] };
    const { url, seen } = await serverThat(({ method }, response) =>
      method === 'POST'
        ? json(response, 200, {
            decisionId: 'api-1',
            accepted: true,
            code: 'counted',
            state: 'APPROVED',
          })
        : json(response, 200, { schema: 'arx.approval/v1', ...approval }),
    );
    const env = { ARX_SERVER_URL: `${url}/arx/` };
    const decided = await approvals(['approve', 'approval/r1', '--reason', 'seen'], env);
    expect(decided).toMatchObject({
      code: 0,
      document: { ...approval, decisionId: 'api-1', answer: { accepted: true, state: 'APPROVED' } },
    });
    expect(seen.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
      'POST /arx/v1/approvals/r1/decisions',
      'GET /arx/v1/approvals/r1',
    ]);
    expect(seen[0]?.key).toBe(`Bearer ${KEY}`);
    expect(JSON.parse(`${seen[0]?.body}`)).toMatchObject({ verdict: 'approve', reason: 'seen' });
  });

  it.each([
    [401, 'unauthenticated', 4],
    [403, 'missing_scope', 5],
    [404, 'no_such_approval', 1],
    [429, 'rate_limited', 1],
  ])('report a refusal with %i %s as exit code %i', async (status, code, exit) => {
    const { url } = await serverThat((_, response) =>
      json(response, status, { schema: 'arx.error/v1', code, message: 'm', remedy: 'r' }),
    );
    const refused = await approvals(['deny', 'r1'], { ARX_SERVER_URL: url });
    expect(refused).toMatchObject({ code: exit, document: { code, message: 'm', remedy: 'r' } });
  });

  it('never send the key to where a server redirects', async () => {
    const other = await serverThat((_, response) => json(response, 200, { items: [] }));
    const { url } = await serverThat((_, response) =>
      response.writeHead(307, { location: other.url }).end(),
    );
    const refused = await approvals(['list'], { ARX_SERVER_URL: url });
    expect(refused).toMatchObject({ code: 1, document: { code: 'server_unreachable' } });
    expect(other.seen).toEqual([]);
  });

  it('need a key, https, and a server', async () => {
    const { url } = await serverThat((_, response) => response.end('not JSON'));
    const withoutKey = await approvals(['list'], { ARX_SERVER_URL: url, ARX_KEY: '' });
    expect(withoutKey).toMatchObject({ code: 4, document: { code: 'unauthenticated' } });
    const plain = await approvals(['list'], { ARX_SERVER_URL: 'http://arx.example.com' });
    expect(plain.code).toBe(2);
    const other = await approvals(['list'], { ARX_SERVER_URL: url });
    expect(other).toMatchObject({ code: 1, document: { code: 'server_unreachable' } });
  });
});

describe('a decision on a shared store', () => {
  const shared = { DATABASE_URL: 'postgres://arx@db.example.com/arx' };
  it.each([
    [['approve', 'r1']],
    [['deny', 'r1']],
    [['sign', 'r1', 'approve']],
    [['approve', 'r1', '--local']],
    [['sign', 'r1', 'approve', '--local']],
  ])('is not signed here with DATABASE_URL: %j', async (argv) => {
    const okta = { OKTA_DOMAIN: 'http://127.0.0.1:1', OKTA_API_TOKEN: '00token' };
    const refused = await approvals(argv, { ...shared, ...okta });
    expect(refused).toMatchObject({
      code: 2,
      document: { code: 'server_needed', remedy: expect.stringContaining('ARX_SERVER_URL') },
    });
  });
});
