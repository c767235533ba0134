import { afterEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../../../src/config/env/secret.ts';
import { createTransport } from '../../../../src/connectors/transport/http.ts';
import { createGovernor } from '../../../../src/connectors/rate-limit/governor.ts';
import { createSlackClient } from '../../../../src/connectors/slack/client.ts';
import { context, failureOf, harness, TOKEN } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import type { Scope } from '../../../../src/connectors/transport/exchange.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { Reply, Seen } from '../support/server.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

const serve = async (reply: Reply | ((seen: Seen, count: number) => Reply)) => {
  const server = await servers.start((seen, count) =>
    typeof reply === 'function' ? reply(seen, count) : reply,
  );
  return { server, ...harness(server.origin) };
};
const fieldsOf = async (promise: Promise<unknown>) =>
  ((await failureOf(promise)) as ConnectorError).fields;
const form = ({ body }: Seen): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(body));
const MESSAGE = {
  channel: 'C012AB3CD',
  text: 'MFA check',
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*MFA*' } }],
  metadata: { eventType: 'arx_summary', payload: { run: 'run-1' } },
};

describe('posting', () => {
  it('sends text, blocks and metadata, and unfurls nothing', async () => {
    const { server, connectors } = await serve({
      json: { ok: true, channel: 'C012AB3CD', ts: '1503435956.000247' },
    });
    const { output } = await connectors.slack('chat:write', MESSAGE, context());
    expect(output).toEqual({ channel: 'C012AB3CD', ts: '1503435956.000247' });
    const [seen] = server.seen;
    expect([seen?.method, seen?.path, seen?.headers.authorization]).toEqual([
      'POST',
      '/api/chat.postMessage',
      `Bearer ${TOKEN}`,
    ]);
    expect(seen && form(seen)).toEqual({
      channel: 'C012AB3CD',
      text: 'MFA check',
      blocks: JSON.stringify(MESSAGE.blocks),
      metadata: JSON.stringify({ event_type: 'arx_summary', event_payload: { run: 'run-1' } }),
      unfurl_links: 'false',
      unfurl_media: 'false',
    });
  });

  it.each<[string, Reply]>([
    ['the connection breaks', { cut: 'before' }],
    [
      'the response is cut short',
      { cut: 'midway', text: JSON.stringify({ ok: true, channel: 'C1', ts: '1.2' }) },
    ],
    ['a proxy returns 502', { status: 502, text: 'bad gateway' }],
    ['Slack returns fatal_error', { json: { ok: false, error: 'fatal_error' } }],
    ['HTML is returned with 200', { text: '<html>' }],
    ['an empty object is returned', { json: {} }],
  ])('is attempted once, and ambiguous if %s', async (_what, reply) => {
    const { server, connectors, journal } = await serve(reply);
    expect(await fieldsOf(connectors.slack('chat:write', MESSAGE, context()))).toMatchObject({
      ambiguous: true,
    });
    expect([server.seen.length, journal.kinds]).toEqual([1, ['action.started', 'action.unknown']]);
  });

  it('keeps text and blocks out of the audit trail', async () => {
    const { connectors, journal } = await serve({ json: { ok: true, channel: 'C1', ts: '1.2' } });
    await connectors.slack('chat:write', MESSAGE, context());
    expect(journal.drafts[0]?.args).toEqual({
      channel: 'C012AB3CD',
      blocks: 1,
      eventType: 'arx_summary',
    });
    expect(JSON.stringify(journal.drafts)).not.toContain('MFA check');
  });

  it('edits the message it posted', async () => {
    const { server, connectors } = await serve({
      json: { ok: true, channel: 'C012AB3CD', ts: '1.2', text: 'x' },
    });
    await connectors.slack('chat:update', { ...MESSAGE, ts: '1.2' }, context());
    expect(server.seen[0]?.path).toBe('/api/chat.update');
    expect(server.seen[0] && form(server.seen[0])).toMatchObject({
      ts: '1.2',
      channel: 'C012AB3CD',
    });
  });
});

describe('reading messages', () => {
  it('requests all metadata, and keeps it if it is complete', async () => {
    const messages = [
      {
        ts: '2.0',
        text: 'ours',
        metadata: { event_type: 'arx_summary', event_payload: { run: 'run-1' } },
      },
      { ts: '1.5', text: 'odd', metadata: { event_type: 7 } },
      { ts: '1.0', bot_id: 'B1' },
    ];
    const { server, connectors } = await serve({
      json: { ok: true, messages, has_more: true, response_metadata: { next_cursor: 'bmV4dA==' } },
    });
    const { output } = await connectors.slack(
      'history:read',
      { channel: 'C012AB3CD', oldest: '1767600000' },
      context(),
    );
    expect(output).toEqual({
      messages: [
        {
          ts: '2.0',
          text: 'ours',
          metadata: { eventType: 'arx_summary', payload: { run: 'run-1' } },
        },
        { ts: '1.5', text: 'odd', metadata: null },
        { ts: '1.0', text: '', metadata: null },
      ],
      next: 'bmV4dA==',
    });
    expect(server.seen[0] && form(server.seen[0])).toEqual({
      channel: 'C012AB3CD',
      oldest: '1767600000',
      limit: '100',
      include_all_metadata: 'true',
    });
  });

  it('ends if the cursor is empty', async () => {
    const { connectors } = await serve({
      json: { ok: true, messages: [], response_metadata: { next_cursor: '' } },
    });
    const { output } = await connectors.slack(
      'history:read',
      { channel: 'C012AB3CD', cursor: 'bmV4dA==' },
      context(),
    );
    expect(output.next).toBeNull();
  });
});

describe('identity and channels', () => {
  it('returns the scopes of the token', async () => {
    const { connectors } = await serve({
      json: {
        ok: true,
        url: 'https://x.slack.com/',
        team: 'X',
        team_id: 'T1',
        user: 'arx',
        user_id: 'U1',
        bot_id: 'B1',
      },
      headers: { 'x-oauth-scopes': 'chat:write, channels:history' },
    });
    expect((await connectors.slack('auth:test', {}, context())).output).toEqual({
      team: 'X',
      user: 'arx',
      botId: 'B1',
      isForOrg: false,
      scopes: ['chat:write', 'channels:history'],
    });
  });

  it('finds a channel by id', async () => {
    const { server, connectors } = await serve({
      json: { ok: true, channel: { id: 'C1', name: 'sec', is_member: true } },
    });
    expect((await connectors.slack('channels:read', { channel: 'C1' }, context())).output).toEqual({
      id: 'C1',
      name: 'sec',
      isMember: true,
      isArchived: false,
      isReadOnly: false,
    });
    expect(server.seen[0]?.path).toBe('/api/conversations.info');
  });

  it('finds a channel by name on a later page', async () => {
    const pages: Reply[] = [
      {
        json: {
          ok: true,
          channels: [{ id: 'C1', name: 'general' }],
          response_metadata: { next_cursor: 'p2' },
        },
      },
      {
        json: {
          ok: true,
          channels: [{ id: 'C2', name: 'sec', is_member: false }],
          response_metadata: { next_cursor: 'p3' },
        },
      },
    ];
    const { server, connectors, events } = await serve(
      (_seen, count) => pages[count - 1] ?? { json: { ok: false } },
    );
    expect(
      (await connectors.slack('channels:read', { channel: '#sec' }, context())).output,
    ).toEqual({
      id: 'C2',
      name: 'sec',
      isMember: false,
      isArchived: false,
      isReadOnly: false,
    });
    expect(server.seen.map((seen) => form(seen)['cursor'])).toEqual([undefined, 'p2']);
    expect(events).toHaveLength(2);
  });

  it('reports not_found if no page has it', async () => {
    const { connectors } = await serve({
      json: { ok: true, channels: [], response_metadata: { next_cursor: '' } },
    });
    expect(
      await fieldsOf(connectors.slack('channels:read', { channel: '#sec' }, context())),
    ).toMatchObject({
      code: 'not_found',
    });
  });
});

describe('users', () => {
  it.each<[string, Record<string, unknown>, string | null]>([
    ['a full member', {}, 'ann@example.com'],
    ['a guest', { is_restricted: true }, null],
    ['a guest of one channel', { is_ultra_restricted: true }, null],
    ['a user of another workspace', { is_stranger: true }, null],
    ['a bot', { is_bot: true }, null],
    ['a user without an address', { profile: {} }, null],
  ])('are found by id; the address of %s', async (_who, over, email) => {
    const user = {
      id: 'U1',
      team_id: 'T1',
      deleted: false,
      profile: { email: 'ann@example.com' },
      ...over,
    };
    const { server, connectors } = await serve({ json: { ok: true, user } });
    const { output } = await connectors.slack('users:lookup', { user: 'U1' }, context());
    expect(output).toEqual({ id: 'U1', teamId: 'T1', active: true, email });
    expect(server.seen.map((seen) => [seen.path, form(seen)])).toEqual([
      ['/api/users.info', { user: 'U1' }],
    ]);
  });
});

describe('refusals', () => {
  it.each([
    ['invalid_auth', 'unauthenticated'],
    ['not_authed', 'unauthenticated'],
    ['account_inactive', 'unauthenticated'],
    ['token_revoked', 'unauthenticated'],
    ['missing_scope', 'forbidden'],
    ['not_in_channel', 'forbidden'],
    ['channel_not_found', 'not_found'],
    ['is_archived', 'conflict'],
    ['msg_too_long', 'invalid'],
    ['ratelimited', 'rate_limited'],
    ['internal_error', 'unavailable'],
    ['constructor', 'invalid'],
  ])('%s is %s', async (error, code) => {
    const { connectors } = await serve({
      json: {
        ok: false,
        error,
        needed: 'canary',
        response_metadata: { messages: ['[ERROR] canary'] },
      },
    });
    const failure = (await failureOf(
      connectors.slack('auth:test', {}, context()),
    )) as ConnectorError;
    expect(failure.fields).toMatchObject({
      code,
      vendorCode: error,
      status: 200,
      ambiguous: false,
    });
    expect(JSON.stringify([failure.fields, failure.stack])).not.toContain('canary');
  });

  it('does not repeat free text in place of an error code', async () => {
    const { connectors } = await serve({
      json: { ok: false, error: 'canary: someone@example.com' },
    });
    expect(await fieldsOf(connectors.slack('auth:test', {}, context()))).toMatchObject({
      code: 'invalid',
      vendorCode: null,
    });
  });

  it.each([
    ['with Retry-After', { 'retry-after': '42' }, 42_000],
    ['without Retry-After', {}, 10_000],
  ])('reports a 429 %s at once, with the time to wait', async (_what, headers, retryAfterMs) => {
    const { server, connectors } = await serve({ status: 429, headers, text: '' });
    const fields = await fieldsOf(connectors.slack('chat:write', MESSAGE, context()));
    expect(fields).toMatchObject({ code: 'rate_limited', retryAfterMs, ambiguous: false });
    expect(server.seen).toHaveLength(1);
  });
});

describe('the SDK', () => {
  it('does not print its requests or responses on the console', async () => {
    const written: unknown[] = [];
    const consoles = (['debug', 'info', 'log', 'warn', 'error'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((...args) => void written.push(args)),
    );
    const { connectors } = await serve((_seen, count) =>
      count === 1
        ? { cut: 'before' }
        : {
            json: {
              ok: false,
              error: 'invalid_arguments',
              response_metadata: { warnings: ['w'], messages: ['[ERROR] e'] },
            },
          },
    );
    await failureOf(connectors.slack('chat:write', { ...MESSAGE, text: 'canary' }, context()));
    await failureOf(connectors.slack('chat:write', { ...MESSAGE, text: 'canary' }, context()));
    consoles.forEach((spy) => spy.mockRestore());
    expect(written).toEqual([]);
  });

  it('does not accept an address as a method', async () => {
    const foreign = await servers.start(() => ({ json: { ok: true } }));
    const home = await servers.start(() => ({ json: { ok: true } }));
    const connection = {
      transport: createTransport({ origin: home.origin }),
      governor: createGovernor({ quota: { share: 1, reserve: 0, warningThreshold: false } }),
      observe: () => undefined,
    };
    const client = createSlackClient({
      apiUrl: `${home.origin}/api/`,
      token: new Secret(TOKEN),
      connection,
    });
    const scope: Scope = {
      called: { connector: 'slack', operation: 'auth:test', write: false },
      run: 'run-1',
      approved: { method: 'POST', path: '/api/auth.test' },
      priority: 'scan',
      signal: undefined,
      response: null,
      failure: null,
    };
    await failureOf(client.lend(scope, (sdk) => sdk.apiCall(`${foreign.origin}/api/auth.test`)));
    // Refused because of its path, so the SDK did not use the address unchanged.
    expect(scope.failure?.message).toContain('not the approved operation');
    expect([foreign.seen, home.seen]).toEqual([[], []]);
  });
});
