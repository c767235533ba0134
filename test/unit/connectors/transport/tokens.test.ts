import { afterEach, describe, expect, it } from 'vitest';
import { createTransport } from '../../../../src/connectors/transport/http.ts';
import { createGovernor } from '../../../../src/connectors/rate-limit/governor.ts';
import { tokenSource } from '../../../../src/connectors/transport/tokens.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { Scope } from '../../../../src/connectors/transport/exchange.ts';
import { failureOf } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import type { Reply, Seen } from '../support/server.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

const scope = (signal?: AbortSignal): Scope => ({
  called: { connector: 'entra', operation: 'users:disable', write: true },
  run: 'run-1',
  approved: { method: 'PATCH', path: '/x' },
  priority: 'scan',
  signal,
  response: null,
  failure: null,
});

async function startTokens(
  answer: (seen: Seen, count: number) => Reply | Promise<Reply>,
  clock?: () => number,
) {
  const server = await servers.start(answer);
  const operations: string[] = [];
  const connection = {
    transport: createTransport({ origin: server.origin }),
    governor: createGovernor({ quota: { share: 1, reserve: 0, warningThreshold: false } }),
    observe: ({ operation }: { operation: string }) => operations.push(operation),
  };
  const tokens = tokenSource({
    connection,
    request: () => ({ method: 'POST', url: `${server.origin}/token`, headers: {}, body: 'x=y' }),
    read: (json) => {
      const { token, lives } = json as { token: string; lives: number | null };
      if (typeof token !== 'string') throw new TypeError('no token');
      return { token, livesMs: lives === null ? null : lives * 1_000, origin: server.origin };
    },
    clock,
  });
  return { server, tokens, operations };
}

const numbered = (lives: number | null) => (_: Seen, count: number) => ({
  json: { token: `t${count}`, lives },
});

describe('a token', () => {
  it('is fetched once for fifty concurrent callers, with one event', async () => {
    const { server, tokens, operations } = await startTokens(numbered(3_600));
    const given = await Promise.all(Array.from({ length: 50 }, () => tokens.get(scope())));
    expect(new Set(given.map(({ token }) => token))).toEqual(new Set(['t1']));
    expect(server.seen).toHaveLength(1);
    expect(operations).toEqual(['oauth:token']);
  });

  it.each([
    ['an hour: used until five minutes before it expires', 3_600, 3_299, 3_301],
    ['a minute: used for half of it', 60, 29, 31],
  ])('with a lifetime of %s', async (_what, lives, still, over) => {
    let now = 0;
    const { tokens } = await startTokens(numbered(lives), () => now);
    expect((await tokens.get(scope())).token).toBe('t1');
    now = still * 1_000;
    expect((await tokens.get(scope())).token).toBe('t1');
    now = over * 1_000;
    expect((await tokens.get(scope())).token).toBe('t2');
  });

  it('without a lifetime is used until it is dropped, and only the refused one is dropped', async () => {
    let now = 0;
    const { tokens } = await startTokens(numbered(null), () => now);
    const first = await tokens.get(scope());
    now = 1e12;
    expect(await tokens.get(scope())).toBe(first);
    tokens.drop(first);
    const second = await tokens.get(scope());
    tokens.drop(first);
    expect(await tokens.get(scope())).toBe(second);
    expect(second.token).toBe('t2');
  });

  it('is not lost for the others if the first caller is cancelled', async () => {
    const [arrived, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { server, tokens } = await startTokens(async (seen, count) => {
      arrived.resolve();
      await answered.promise;
      return numbered(3_600)(seen, count);
    });
    const leaving = new AbortController();
    const first = failureOf(tokens.get(scope(leaving.signal)));
    const second = tokens.get(scope(new AbortController().signal));
    await arrived.promise;
    leaving.abort();
    expect(((await first) as ConnectorError).fields).toMatchObject({
      code: 'cancelled',
      ambiguous: false,
    });
    answered.resolve();
    expect((await second).token).toBe('t1');
    expect(server.seen).toHaveLength(1);
  });

  it.each<[string, Reply, object]>([
    [
      'a wrong secret',
      { status: 401, json: { error: 'invalid_client' } },
      { code: 'unauthenticated', vendorCode: 'invalid_client' },
    ],
    [
      'a refused assertion',
      { status: 400, json: { error: 'invalid_grant' } },
      { code: 'unauthenticated' },
    ],
    ['a missing scope', { status: 400, json: { error: 'invalid_scope' } }, { code: 'forbidden' }],
    [
      'the name of an object property',
      { status: 400, json: { error: 'constructor' } },
      { code: 'unauthenticated' },
    ],
    [
      'too many requests',
      { status: 429, headers: { 'retry-after': '1' }, text: '' },
      { code: 'rate_limited', retryAfterMs: 1_000 },
    ],
    ['unavailable', { status: 503, text: 'canary' }, { code: 'unavailable' }],
    [
      'a page from another server',
      { text: '<html>canary</html>' },
      { code: 'malformed', status: 200 },
    ],
    ['a page with 404', { status: 404, text: '<html>canary</html>' }, { code: 'malformed' }],
    ['no token', { json: { token: 7, canary: 'canary' } }, { code: 'malformed' }],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://127.0.0.1:9/' } },
      { code: 'malformed' },
    ],
    ['a lost connection', { cut: 'midway', text: 'canary canary' }, { code: 'unavailable' }],
  ])('that is refused: %s', async (_what, reply, expected) => {
    const { tokens } = await startTokens((seen, count) =>
      count < 2 ? reply : numbered(60)(seen, count),
    );
    const asking = scope();
    const failures = await Promise.all([
      failureOf(tokens.get(asking)),
      failureOf(tokens.get(scope())),
    ]);
    for (const failure of failures) {
      // The write that needed the token was not sent.
      expect((failure as ConnectorError).fields).toMatchObject({
        ...expected,
        ambiguous: false,
        operation: 'users:disable',
      });
      expect(JSON.stringify([failure, failure.stack])).not.toContain('canary');
    }
    expect(asking.failure).toBe(failures[0]);
    // A failure is not cached.
    expect((await tokens.get(scope())).token).toBe('t2');
  });
});
