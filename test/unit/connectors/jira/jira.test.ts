import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/config/env/secret.ts';
import { InvalidArgumentError } from '../../../../src/connectors/errors.ts';
import { ADF_LIMIT } from '../../../../src/connectors/jira/adf.ts';
import { context, failureOf, harness, TOKEN } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { Reply } from '../support/server.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

const serve = async (reply: Reply | ((count: number) => Reply)) => {
  const server = await servers.start((_seen, count) =>
    typeof reply === 'function' ? reply(count) : reply,
  );
  return { server, ...harness(server.origin) };
};
const fieldsOf = async (promise: Promise<unknown>) =>
  ((await failureOf(promise)) as ConnectorError).fields;
const ISSUE = {
  id: '10001',
  key: 'SEC-1',
  self: 'https://x',
  fields: {
    labels: ['arx-1'],
    status: { name: 'Done', statusCategory: { id: 3, key: 'done', colorName: 'green' } },
    created: '2026-01-05T08:00:00.000+0000',
    comment: {
      comments: [
        {
          id: '1',
          body: {
            type: 'doc',
            version: 1,
            content: [{ type: 'paragraph', content: [{ type: 'text', text: 'hi' }] }],
          },
        },
      ],
    },
  },
};
const CREATE = {
  project: 'SEC',
  issueType: 'Task',
  summary: 'MFA missing',
  description: [{ type: 'paragraph' as const, text: 'Please enrol.' }],
  labels: ['mfa', 'arx-0123'],
};

describe('creating an issue', () => {
  it('sends fields, labels, due date, priority and the link to an earlier issue in a single request', async () => {
    const { server, connectors } = await serve({
      status: 201,
      json: { id: '10001', key: 'SEC-1', self: 'x' },
    });
    const input = { ...CREATE, priority: 'High', dueDate: '2026-01-19', relatesTo: 'SEC-7' };
    const { output } = await connectors.jira('issues:create', input, context());
    expect(output).toEqual({ id: '10001', key: 'SEC-1' });
    const [seen] = server.seen;
    expect([seen?.method, seen?.path, seen?.headers['content-type']]).toEqual([
      'POST',
      '/rest/api/3/issue',
      'application/json',
    ]);
    expect(seen?.headers.authorization).toBe(
      `Basic ${Buffer.from(`robot@example.com:${TOKEN}`).toString('base64')}`,
    );
    expect(JSON.parse(seen?.body ?? '')).toEqual({
      fields: {
        project: { key: 'SEC' },
        issuetype: { name: 'Task' },
        summary: 'MFA missing',
        description: {
          type: 'doc',
          version: 1,
          content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Please enrol.' }] }],
        },
        labels: ['mfa', 'arx-0123'],
        priority: { name: 'High' },
        duedate: '2026-01-19',
      },
      update: {
        issuelinks: [{ add: { type: { name: 'Relates' }, outwardIssue: { key: 'SEC-7' } } }],
      },
    });
  });

  it('is attempted once, and a lost response is ambiguous', async () => {
    const { server, connectors, journal } = await serve({ cut: 'before' });
    expect(await fieldsOf(connectors.jira('issues:create', CREATE, context()))).toMatchObject({
      ambiguous: true,
    });
    expect([server.seen.length, journal.kinds]).toEqual([1, ['action.started', 'action.unknown']]);
  });

  it('keeps summary and description out of the audit trail', async () => {
    const { connectors, journal } = await serve({ status: 201, json: { id: '1', key: 'SEC-1' } });
    await connectors.jira('issues:create', { ...CREATE, summary: 'canary one' }, context());
    expect(journal.drafts[0]?.args).toEqual({
      project: 'SEC',
      issueType: 'Task',
      labels: ['mfa', 'arx-0123'],
      priority: null,
      dueDate: null,
      relatesTo: null,
      blocks: 1,
    });
    expect(JSON.stringify(journal.drafts)).not.toMatch(/canary|enrol/);
  });

  it.each([
    ['a label with a space', { labels: ['two words'] }],
    ['a summary of two lines', { summary: 'a\nb' }],
    ['no summary', { summary: '' }],
    ['another project’s path', { project: 'SEC/..' }],
    ['an invalid date', { dueDate: '2026-02-30' }],
    [
      'a link of an unknown kind',
      { description: [{ type: 'link' as const, text: 'x', url: 'javascript:alert(1)' }] },
    ],
    [
      'more text than Jira allows',
      { description: [{ type: 'paragraph' as const, text: 'x'.repeat(ADF_LIMIT) }] },
    ],
    ['no description', { description: [] }],
  ])('with %s is refused before it is sent', async (_what, wrong) => {
    const { server, connectors } = await serve({ status: 201, json: { id: '1', key: 'SEC-1' } });
    expect(
      await failureOf(connectors.jira('issues:create', { ...CREATE, ...wrong }, context())),
    ).toBeInstanceOf(InvalidArgumentError);
    expect(server.seen).toEqual([]);
  });
});

describe('reading issues', () => {
  it('by key requests the shown fields, and comments only on demand', async () => {
    const { server, connectors } = await serve({ json: ISSUE });
    const { output } = await connectors.jira(
      'issues:read',
      { by: 'key', key: 'SEC-1', comments: true },
      context(),
    );
    expect(output).toMatchObject({
      issues: [
        {
          id: '10001',
          key: 'SEC-1',
          labels: ['arx-1'],
          status: 'Done',
          statusCategory: 'done',
          created: '2026-01-05T08:00:00.000+0000',
          comments: ['hi'],
        },
      ],
      next: null,
      transitions: [],
    });
    await connectors.jira('issues:read', { by: 'key', key: 'SEC-1' }, context());
    expect(server.seen.map(({ path, query }) => [path, query.get('fields')])).toEqual([
      ['/rest/api/3/issue/SEC-1', 'labels,status,created,comment'],
      ['/rest/api/3/issue/SEC-1', 'labels,status,created'],
    ]);
  });

  it('by JQL pages through the search, which is a read although it is a POST', async () => {
    const { server, connectors, journal } = await serve((count) => ({
      json: count === 1 ? { issues: [ISSUE], nextPageToken: 'p2' } : { issues: [], isLast: true },
    }));
    const jql = 'labels = "arx-1"';
    const first = await connectors.jira('issues:read', { by: 'jql', jql, limit: 1 }, context());
    const second = await connectors.jira(
      'issues:read',
      { by: 'jql', jql, next: first.output.next },
      context(),
    );
    expect([first.output.next, second.output.next]).toEqual(['p2', null]);
    expect(server.seen.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
      [
        'POST',
        '/rest/api/3/search/jql',
        { jql, fields: ['labels', 'status', 'created'], maxResults: 1 },
      ],
      [
        'POST',
        '/rest/api/3/search/jql',
        { jql, fields: ['labels', 'status', 'created'], maxResults: 50, nextPageToken: 'p2' },
      ],
    ]);
    expect(journal.kinds).toEqual(['action.succeeded', 'action.succeeded']);
  });

  it('lists the currently allowed transitions', async () => {
    const to = { name: 'Closed', statusCategory: { key: 'done' } };
    const odd = { name: 'Somewhere', statusCategory: { key: 'undefined' } };
    const { connectors } = await serve({
      json: {
        transitions: [
          {
            id: '31',
            name: 'Done',
            to,
            fields: {
              resolution: { required: true, allowedValues: [{ id: '1', name: 'Fixed' }] },
              customfield_1: { required: false, allowedValues: [{ value: 'A' }] },
              comment: { required: false },
            },
          },
          { id: '41', name: 'Odd', to: odd },
        ],
      },
    });
    const { output } = await connectors.jira(
      'issues:read',
      { by: 'transitions', key: 'SEC-1' },
      context(),
    );
    expect(output.transitions).toEqual([
      {
        id: '31',
        name: 'Done',
        toStatus: 'Closed',
        toCategory: 'done',
        fields: [
          expect.objectContaining({
            id: 'resolution',
            required: true,
            allowed: [{ id: '1', name: 'Fixed', children: [] }],
          }),
          expect.objectContaining({
            id: 'customfield_1',
            required: false,
            allowed: [{ id: null, name: 'A', children: [] }],
          }),
          expect.objectContaining({ id: 'comment', required: false, allowed: [] }),
        ],
      },
      { id: '41', name: 'Odd', toStatus: 'Somewhere', toCategory: 'new', fields: [] },
    ]);
  });
});

describe('changing issues', () => {
  it('edits, labels and links duplicates in one request with an empty response', async () => {
    const { server, connectors } = await serve({ status: 204 });
    const changes = {
      summary: 'New',
      addLabels: ['b'],
      duplicateOf: 'SEC-2',
      description: CREATE.description,
    };
    expect(
      (await connectors.jira('issues:update', { key: 'SEC-1', ...changes }, context())).output,
    ).toBeNull();
    expect(server.seen.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
      [
        'PUT',
        '/rest/api/3/issue/SEC-1',
        {
          fields: { summary: 'New', description: expect.objectContaining({ type: 'doc' }) },
          update: {
            labels: [{ add: 'b' }],
            issuelinks: [{ add: { type: { name: 'Duplicate' }, outwardIssue: { key: 'SEC-2' } } }],
          },
        },
      ],
    ]);
    expect(
      await failureOf(connectors.jira('issues:update', { key: 'SEC-1' }, context())),
    ).toBeInstanceOf(InvalidArgumentError);
  });

  it('comments and transitions', async () => {
    const { server, connectors } = await serve((count) =>
      count === 1 ? { status: 201, json: { id: '9' } } : { status: 204 },
    );
    const body = [{ type: 'paragraph' as const, text: 'Covered now.' }];
    expect(
      (await connectors.jira('issues:comment', { key: 'SEC-1', body }, context())).output,
    ).toEqual({ id: '9' });
    await connectors.jira('issues:transition', { key: 'SEC-1', transitionId: '31' }, context());
    expect(server.seen.map(({ path, body: sent }) => [path, JSON.parse(sent)])).toMatchObject([
      ['/rest/api/3/issue/SEC-1/comment', { body: { type: 'doc' } }],
      ['/rest/api/3/issue/SEC-1/transitions', { transition: { id: '31' } }],
    ]);
  });

  it('does not accept a login page with 200 as success', async () => {
    const { connectors, journal } = await serve({
      text: '<html>log in</html>',
      headers: { 'content-type': 'text/html' },
    });
    const changing = connectors.jira(
      'issues:transition',
      { key: 'SEC-1', transitionId: '31' },
      context(),
    );
    expect(await fieldsOf(changing)).toMatchObject({ code: 'malformed', ambiguous: true });
    expect(journal.kinds).toEqual(['action.started', 'action.unknown']);
  });
});

describe('a response for an anonymous user', () => {
  it.each<[string, Reply]>([
    [
      'says so in a header, with 200',
      { json: ISSUE, headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' } },
    ],
    [
      'says so in a header, with 404',
      {
        status: 404,
        json: { errorMessages: ['x'] },
        headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' },
      },
    ],
    [
      'requires a captcha',
      { status: 403, text: '', headers: { 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' } },
    ],
    ['is a 401', { status: 401, text: 'Client must be authenticated' }],
  ])('%s: reports a refused token, not a missing issue', async (_what, reply) => {
    const { connectors } = await serve(reply);
    const reading = connectors.jira('issues:read', { by: 'key', key: 'SEC-1' }, context());
    expect(await fieldsOf(reading)).toMatchObject({ code: 'unauthenticated', ambiguous: false });
  });

  it('comes from /myself as an anonymous user', async () => {
    const anonymous = await serve({ json: { displayName: 'Anonymous', active: true } });
    expect(await fieldsOf(anonymous.connectors.jira('myself:read', {}, context()))).toMatchObject({
      code: 'unauthenticated',
    });
    const html = await serve({ text: '<html>' });
    expect(await fieldsOf(html.connectors.jira('myself:read', {}, context()))).toMatchObject({
      code: 'malformed',
    });
    const good = await serve({
      json: { accountId: '5b10', displayName: 'Robot', emailAddress: 'canary' },
      headers: { 'x-seraph-loginreason': 'OK' },
    });
    expect((await good.connectors.jira('myself:read', {}, context())).output).toEqual({
      accountId: '5b10',
      displayName: 'Robot',
    });
  });

  it('to a write that was nevertheless accepted is ambiguous', async () => {
    const { connectors } = await serve({
      status: 201,
      json: { id: '1', key: 'SEC-1' },
      headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' },
    });
    expect(await fieldsOf(connectors.jira('issues:create', CREATE, context()))).toMatchObject({
      code: 'unauthenticated',
      ambiguous: true,
    });
  });
});

describe('refusals', () => {
  it.each([
    [
      400,
      { errorMessages: ['canary'], errors: { summary: 'canary', duedate: 'canary' } },
      'invalid',
      'summary,duedate',
    ],
    [400, { errorMessages: ['canary'], errors: {} }, 'invalid', null],
    [403, { errorMessages: ['canary'] }, 'forbidden', null],
    [404, { errorMessages: ['canary'], errors: {} }, 'not_found', null],
    [409, { errorMessages: ['canary'] }, 'conflict', null],
    [413, { errorMessages: ['canary'] }, 'invalid', null],
    [500, { errorMessages: ['canary'] }, 'unavailable', null],
  ])('%i %j is %s', async (status, json, code, vendorCode) => {
    const { connectors } = await serve({ status, json });
    const error = (await failureOf(
      connectors.jira('issues:read', { by: 'key', key: 'SEC-1' }, context()),
    )) as ConnectorError;
    expect(error.fields).toMatchObject({ code, status, vendorCode });
    expect(JSON.stringify([error, error.fields, error.stack])).not.toContain('canary');
    expect(inspect(error)).not.toContain('canary');
    expect(error.vendorMessage).toContain('canary');
  });

  it('a 404 that is not from Jira does not mean a missing issue', async () => {
    const { connectors } = await serve({ status: 404, text: '<html>nginx</html>' });
    expect(
      await fieldsOf(connectors.jira('issues:read', { by: 'key', key: 'SEC-1' }, context())),
    ).toMatchObject({
      code: 'malformed',
    });
  });

  it('a 429 states how long to wait', async () => {
    const { server, connectors } = await serve({
      status: 429,
      headers: { 'retry-after': '17' },
      json: {},
    });
    expect(await fieldsOf(connectors.jira('myself:read', {}, context()))).toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 17_000,
    });
    expect(server.seen).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ['a string', { json: 'surprise' }],
    ['HTML', { text: '<html>', headers: { 'content-type': 'text/html' } }],
    ['an empty object', { json: {} }],
    ['a key that leads to another path', { json: { ...ISSUE, key: '../SEC-1' } }],
  ])('%s with 200 is malformed', async (_what, reply) => {
    const { connectors } = await serve(reply);
    expect(
      await fieldsOf(connectors.jira('issues:read', { by: 'key', key: 'SEC-1' }, context())),
    ).toMatchObject({
      code: 'malformed',
    });
  });
});

describe('the address and credential', () => {
  it('allow a path, and a token without an e-mail address is a bearer token', async () => {
    const server = await servers.start(() => ({
      json: {
        key: 'SEC',
        name: 'Security',
        issueTypes: [{ id: '1', name: 'Task', subtask: false }],
      },
    }));
    const jira = { origin: `${server.origin}/jira/`, token: new Secret(TOKEN), projectKey: 'SEC' };
    const { connectors } = harness(server.origin, { jira });
    const { output } = await connectors.jira('projects:read', { project: 'SEC' }, context());
    expect(output).toEqual({
      key: 'SEC',
      name: 'Security',
      isArchived: false,
      issueTypes: [{ id: '1', name: 'Task' }],
    });
    expect(server.seen.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/jira/rest/api/3/project/SEC', `Bearer ${TOKEN}`],
    ]);
    expect(connectors.jiraBaseUrl).toBe(`${server.origin}/jira`);
  });
});
