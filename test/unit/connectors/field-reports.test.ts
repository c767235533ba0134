/** What others reported about Jira, Slack and Okta, tried on arx; docs/field-reports.md lists them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { InvalidArgumentError } from '../../../src/connectors/errors.ts';
import type { ConnectorError } from '../../../src/connectors/errors.ts';
import { ADF_LIMIT, adfSize } from '../../../src/connectors/jira/adf.ts';
import { toWiki } from '../../../src/connectors/jira/wiki.ts';
import { bulkDescription, bulkParts } from '../../../src/mfa/bulk-text.ts';
import { cutText } from '../../../src/mfa/cut-text.ts';
import { slackSummary } from '../../../src/mfa/slack-message.ts';
import { ticketDescription, ticketSummary } from '../../../src/mfa/ticket-text.ts';
import { documentOf } from '../cli/support/samples.ts';
import { emulatedHarness } from './support/emulated.ts';
import { context, failureOf, harness, USER } from './support/harness.ts';
import { serverPool } from './support/server.ts';
import type { OktaOperations } from '../../../src/connectors/types.ts';
import type { Reply } from './support/server.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

let emulators: RunningEmulators;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty' });
});
afterAll(() => emulators.close());

const serve = async (reply: Reply | ((count: number) => Reply)) => {
  const server = await servers.start((_seen, count) =>
    typeof reply === 'function' ? reply(count) : reply,
  );
  return { server, ...harness(server.origin) };
};
const errorOf = async (promise: Promise<unknown>) => (await failureOf(promise)) as ConnectorError;

const CREATE = {
  project: 'SEC',
  issueType: 'Task',
  summary: 'MFA missing',
  description: [{ type: 'paragraph' as const, text: 'Please enrol.' }],
  labels: ['mfa'],
};
const ISSUE = { id: '1', key: 'SEC-1', fields: { labels: [], status: { name: 'To Do' } } };
const KEY = { by: 'key', key: 'SEC-1' } as const;
const JQL = { by: 'jql', jql: 'labels = "mfa"' } as const;

describe('Jira', () => {
  it('takes texts that are empty or have several lines (prowler#11474, ocean#3942)', async () => {
    const { jira } = emulatedHarness(emulators.document).connectors;
    const description = [
      { type: 'paragraph' as const, text: '' },
      { type: 'paragraph' as const, text: 'one\ntwo\r\n\r\nthree' },
      { type: 'list' as const, items: ['', 'four\nfive'] },
    ];
    const { output } = await jira('issues:create', { ...CREATE, description }, context());
    await jira('issues:comment', { key: output.key, body: description }, context());
    const read = { by: 'key' as const, key: output.key, comments: true };
    const [issue] = (await jira('issues:read', read, context())).output.issues;
    expect(issue?.comments[0]).toContain('one\ntwo\n\nthree');
  });

  it.each([
    ['a total instead of a token', { issues: [ISSUE], startAt: 0, total: 2 }, '1'],
    ['a total that is reached', { issues: [ISSUE], startAt: 1, total: 2 }, null],
    ['a total, but no rows', { issues: [], startAt: 0, total: 24 }, null],
    ['no token and no isLast', { issues: [ISSUE] }, null],
    ['an empty token', { issues: [ISSUE], nextPageToken: '' }, null],
  ])('ends its search with %s (jira-assistant#418, kingfisher#460)', async (_what, json, next) => {
    const { connectors } = await serve({ json });
    const { output } = await connectors.jira('issues:read', JQL, context());
    expect(output.next).toBe(next);
  });

  it('that repeats a token ends the read with an error (Himmel#554)', async () => {
    const { connectors } = await serve({ json: { issues: [ISSUE], nextPageToken: 'p1' } });
    const again = connectors.jira('issues:read', { ...JQL, next: 'p1' }, context());
    expect(await errorOf(again)).toMatchObject({ code: 'malformed', retryable: false });
  });

  it.each(['AUTHENTICATED_FAILED', 'AUTHENTICATION_DENIED'])(
    'with a refused token (%s) does not look empty (jira.js#418, raycast#27550, go-jira#8)',
    async (reason) => {
      const { connectors } = await serve({
        json: { issues: [], isLast: true },
        headers: { 'x-seraph-loginreason': reason },
      });
      const reading = connectors.jira('issues:read', JQL, context());
      expect((await errorOf(reading)).code).toBe('unauthenticated');
    },
  );

  it.each([
    ['REST of Data Center', { message: 'HTTP 404 Not Found', 'status-code': 404, 'sub-code': -1 }],
    ['the gateway of Cloud', { code: 404, message: 'Not Found' }],
    ['a proxy', { error: 'no route' }],
    ['a proxy that says nothing', {}],
  ])('at a wrong address (%s) has no missing issue (jira.nvim#40)', async (_what, json) => {
    const { connectors } = await serve({ status: 404, json });
    const error = await errorOf(connectors.jira('issues:read', KEY, context()));
    expect(error.code).toBe('malformed');
  });

  it('says which scope a token lacks (mcp-atlassian#968)', async () => {
    const { connectors } = await serve({
      status: 401,
      json: { code: 401, message: 'Unauthorized; scope does not match' },
    });
    const error = await errorOf(connectors.jira('issues:read', KEY, context()));
    expect([error.code, error.vendorMessage]).toEqual([
      'unauthenticated',
      'Unauthorized; scope does not match',
    ]);
  });

  it('says that an interface was removed (atlassian-mcp-server#70)', async () => {
    const removed = 'The requested API has been removed. Please migrate to another.';
    const { connectors } = await serve({
      status: 410,
      json: { errorMessages: [removed], errors: {} },
    });
    const error = await errorOf(connectors.jira('issues:read', JQL, context()));
    expect([error.code, error.vendorMessage]).toEqual(['invalid', removed]);
  });

  it('is not asked for labels with spaces (nuclei#1689, jiralert#181)', async () => {
    const { server, connectors } = await serve({ status: 201, json: { id: '1', key: 'SEC-1' } });
    const wrong = { ...CREATE, labels: ['Severity: high'] };
    const failure = await failureOf(connectors.jira('issues:create', wrong, context()));
    expect(failure).toBeInstanceOf(InvalidArgumentError);
    expect(server.seen).toEqual([]);
  });

  it('gets one create call, also if the answer is lost (jira#1484)', async () => {
    const { server, connectors } = await serve({ cut: 'before' });
    const error = await errorOf(connectors.jira('issues:create', CREATE, context()));
    expect(error.fields.ambiguous).toBe(true);
    expect(server.seen).toHaveLength(1);
  });

  it('gets lists that fit once they are encoded (jira-bugzilla-integration#1030)', () => {
    const line = { login: '[*{"\\~&lt;|'.repeat(40), verdict: 'none', reason: '{_}' };
    const parts = bulkParts(Array.from({ length: 300 }, () => line));
    expect(parts.flat()).toHaveLength(300);
    const stamp = { run: 'run-1', at: '2026-01-05T08:00:00.000Z' };
    for (const part of parts) {
      const document = bulkDescription(part, parts.length, stamp);
      expect(adfSize(document)).toBeLessThanOrEqual(ADF_LIMIT);
      expect(toWiki(document).length).toBeLessThanOrEqual(ADF_LIMIT);
    }
  });

  it('gets a summary on one line, whatever the login (atlassian-mcp-server#132)', () => {
    const subject = {
      login: `ann\n@example.com${'x'.repeat(400)}`,
      department: 'R&D\n2',
      verdict: 'none' as const,
      reason: 'no factor enrolled',
      factors: [],
    };
    expect(ticketSummary(subject)).not.toMatch(/[\r\n]/);
    expect(ticketSummary(subject).length).toBeLessThanOrEqual(255);
    const stamp = { run: 'run-1', at: '2026-01-05T08:00:00.000Z' };
    expect(JSON.stringify(ticketDescription(subject, stamp, []))).not.toContain('\\n');
  });
});

describe('Slack', () => {
  const send = (reply: Reply) =>
    serve(reply).then(({ connectors }) =>
      errorOf(
        connectors.slack(
          'chat:write',
          {
            channel: 'C012AB3CD',
            text: 'MFA check',
            blocks: [],
            metadata: { eventType: 'arx_summary', payload: { run: 'run-1' } },
          },
          context(),
        ),
      ),
    );

  it.each([
    ['no Retry-After', { json: { ok: false, error: 'ratelimited' } }, 10_000],
    ['another spelling', { json: { retry_after: 1, ok: false, error: 'rate_limited' } }, 10_000],
    ['Retry-After', { json: {}, headers: { 'retry-after': '3' } }, 3_000],
    ['a garbled Retry-After', { text: '', headers: { 'retry-after': 'undefined' } }, 10_000],
  ])(
    'that limits the rate with %s is tried again later (node-slack-sdk#1421, slack-github-action#292)',
    async (_what, reply, retryAfterMs) => {
      const { fields } = await send({ status: 429, ...reply });
      expect(fields).toMatchObject({ code: 'rate_limited', retryAfterMs, ambiguous: false });
    },
  );

  it.each([
    ['is_archived', 'conflict'],
    ['not_in_channel', 'forbidden'],
    ['channel_not_found', 'not_found'],
    ['msg_blocks_too_long', 'invalid'],
    ['invalid_blocks', 'invalid'],
  ])('says %s with 200 (slack-strava#112, sentry#119600)', async (error, code) => {
    const { fields } = await send({ json: { ok: false, error } });
    expect(fields).toMatchObject({ code, vendorCode: error });
  });

  it('gets no block and no message that is too long (publish-release-info#55, bolt-js#2867)', () => {
    const long = '🏳️‍🌈'.repeat(2_000);
    const departments = Array.from({ length: 500 }, () => ({
      ...documentOf().departments[0]!,
      name: long,
    }));
    const summary = documentOf({ departments, reasons: [long, long], org: long });
    const { blocks } = slackSummary(summary);
    const texts = blocks.flatMap(({ text, elements }) =>
      [text, ...((elements as unknown[] | undefined) ?? [])].flatMap(
        (one) => (one as { text?: string } | undefined)?.text ?? [],
      ),
    );
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(3_000);
    expect(texts.join('').length).toBeLessThan(12_000);
    expect(texts.every((text) => text.isWellFormed())).toBe(true);
    expect(cutText(long, 10).isWellFormed()).toBe(true);
  });
});

type UsersInput = OktaOperations['users:read']['input'];
type UsersPage = OktaOperations['users:read']['output'];

describe('Okta', () => {
  const factors = [
    { id: 'a', factorType: 'claims_provider', provider: 'CUSTOM', status: 'ACTIVE' },
    { id: 'b', factorType: 'signed_nonce', provider: 'OKTA', vendorName: 'OKTA', status: 'ACTIVE' },
    { id: 'c', factorType: 'webauthn', provider: 'FIDO', status: 'ACTIVE', profile: null },
    { id: 'd', factorType: 'token:hotp', provider: 'CUSTOM', status: 'ACTIVE' },
    { id: 'e', factorType: 'something_new', provider: null, status: 'NEVER_SEEN' },
  ];

  it('lists factors of every type and provider (okta-sdk-python#311, #185, okta-sdk-java#864)', async () => {
    const { connectors } = await serve({ json: factors });
    const { output } = await connectors.okta('users:read_factors', { userId: USER }, context());
    expect(output.map(({ type }) => type)).toEqual(factors.map(({ factorType }) => factorType));
  });

  it('has users with empty and null fields (okta-sdk-python#477, okta-sdk-java#832)', async () => {
    const profile = {
      login: 'ann@example.com',
      email: '',
      secondEmail: '',
      mobilePhone: null,
      department: null,
      title: '',
    };
    const odd = { id: USER, status: 'ACTIVE', created: null, activated: null, profile };
    const bare = { id: '00uBBBBBBBBBBBBBBBBB', status: 'ACTIVE', profile: null };
    const { connectors } = await serve({ json: [odd, bare] });
    const { output } = await connectors.okta('users:read', { statuses: ['ACTIVE'] }, context());
    expect(output.items).toMatchObject([
      { login: 'ann@example.com', department: null },
      { login: '00uBBBBBBBBBBBBBBBBB' },
    ]);
  });

  it('lists all users behind an empty page (okta-sdk-nodejs#77)', async () => {
    for (let at = 0; at < 3; at += 1)
      emulators.okta.addUser({ login: `user-${at}@example.com`, created: '2020-01-01T00:00:00Z' });
    emulators.faults.add({ vendor: 'okta', kind: 'emptyPage', times: 1 });
    const { okta } = emulatedHarness(emulators.document).connectors;
    const logins: string[] = [];
    let after: string | null = null;
    do {
      const input: UsersInput = { statuses: ['ACTIVE'], limit: 2, after };
      const page: UsersPage = (await okta('users:read', input, context())).output;
      logins.push(...page.items.map(({ login }) => login));
      after = page.next;
    } while (after !== null);
    expect(logins.filter((login) => login.startsWith('user-'))).toHaveLength(3);
  });
});
