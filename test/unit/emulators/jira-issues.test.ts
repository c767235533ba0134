import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { adf, caller, jiraCalls } from '../../support/vendor-calls.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';

let emulators: RunningEmulators;
let jira: PlainCall;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty' });
  jira = jiraCalls(emulators.document);
});
afterEach(() => Object.assign(emulators.jira.settings, { anonymous: false, forbidReopen: false }));
afterAll(() => emulators.close());

const BASE = { project: { key: 'SEC' }, issuetype: { name: 'Task' }, summary: 'A summary' };
const create = (fields: Record<string, unknown> = {}, update?: unknown) =>
  jira('POST', '/rest/api/3/issue', { fields: { ...BASE, ...fields }, update });
async function newIssue(fields: Record<string, unknown> = {}): Promise<string> {
  return ((await create(fields)).body as { key: string }).key;
}
const issue = (key: string) => emulators.jira.issue(key)!;
const paragraph = (content: unknown[]): unknown => ({
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content }],
});

describe('what Jira refuses', () => {
  const FIELDS: readonly (readonly [string, Record<string, unknown>, Record<string, string>])[] = [
    [
      'a description that is text',
      { description: 'plain' },
      {
        description:
          'Operation value must be an Atlassian Document (see the Atlassian Document Format)',
      },
    ],
    [
      'a document of another version',
      { description: { type: 'doc', version: 2, content: [] } },
      {
        description:
          'Operation value must be an Atlassian Document (see the Atlassian Document Format)',
      },
    ],
    [
      'an unknown issue type',
      { issuetype: { name: 'Nope' } },
      { issuetype: 'Specify a valid issue type' },
    ],
    [
      'an unknown priority',
      { priority: { name: 'Nope' } },
      { priority: 'The priority selected is invalid.' },
    ],
    ['another project', { project: { key: 'NOPE' } }, { project: 'valid project is required' }],
    [
      'a label with a space',
      { labels: ['a b'] },
      { labels: "The label 'a b' contains spaces which is invalid." },
    ],
    ['an empty summary', { summary: ' ' }, { summary: 'You must specify a summary of the issue.' }],
    [
      'a summary of two lines',
      { summary: 'a\nb' },
      { summary: 'The summary is invalid because it contains newline characters.' },
    ],
    [
      'a long summary',
      { summary: 'x'.repeat(256) },
      { summary: "Summary can't exceed 255 characters." },
    ],
    [
      'a due date of another form',
      { duedate: '1 May' },
      { duedate: 'Error parsing date string: 1 May' },
    ],
    [
      'an unknown field',
      { customfield_1: 1 },
      {
        customfield_1:
          "Field 'customfield_1' cannot be set. It is not on the appropriate screen, or unknown.",
      },
    ],
  ];
  it.each(FIELDS)('%s', async (_, fields, errors) => {
    const known = emulators.jira.present().length;
    const answer = await create(fields);
    expect([answer.status, answer.body]).toEqual([400, { errorMessages: [], errors }]);
    expect(emulators.jira.present()).toHaveLength(known);
  });

  const DOCUMENTS: readonly (readonly [string, unknown, string])[] = [
    ['an unknown node', { type: 'doc', version: 1, content: [{ type: 'blink' }] }, 'INVALID_INPUT'],
    [
      'text outside a paragraph',
      { type: 'doc', version: 1, content: [{ type: 'text', text: 'x' }] },
      'INVALID_INPUT',
    ],
    ['empty text', paragraph([{ type: 'text', text: '' }]), 'INVALID_INPUT'],
    [
      'an empty list',
      { type: 'doc', version: 1, content: [{ type: 'bulletList', content: [] }] },
      'INVALID_INPUT',
    ],
    [
      'a link without a target',
      paragraph([{ type: 'text', text: 'x', marks: [{ type: 'link' }] }]),
      'INVALID_INPUT',
    ],
    ['more than 32,767 characters', adf('x'.repeat(32_767)), 'CONTENT_LIMIT_EXCEEDED'],
  ];
  it.each(DOCUMENTS)('a document with %s', async (_, description, message) => {
    expect(await create({ description })).toMatchObject({
      status: 400,
      body: { errorMessages: [message], errors: {} },
    });
    const commented = await jira('POST', `/rest/api/3/issue/${await newIssue()}/comment`, {
      body: description,
    });
    expect(commented).toMatchObject({ status: 400, body: { errorMessages: [message] } });
  });

  it('an invalid body, and a link to a missing issue', async () => {
    expect((await jira('POST', '/rest/api/3/issue', '{"fields":')).status).toBe(400);
    const update = {
      issuelinks: [{ add: { type: { name: 'Relates' }, outwardIssue: { key: 'SEC-9999' } } }],
    };
    expect(await create({}, update)).toMatchObject({
      status: 400,
      body: { errors: { issuelinks: expect.any(String) } },
    });
  });

  it('labels in both parts of an edit', async () => {
    const key = await newIssue();
    const body = { fields: { labels: ['a'] }, update: { labels: [{ add: 'b' }] } };
    expect(await jira('PUT', `/rest/api/3/issue/${key}`, body)).toMatchObject({ status: 400 });
    expect(issue(key).fields.labels).toEqual([]);
  });
});

describe('what Jira does', () => {
  it('creates an issue with all fields and links', async () => {
    const earlier = await newIssue();
    const fields = {
      description: adf('why'),
      labels: ['mfa', 'arx-1'],
      priority: { name: 'High' },
      duedate: '2030-01-31',
    };
    const update = {
      issuelinks: [{ add: { type: { name: 'Relates' }, outwardIssue: { key: earlier } } }],
    };
    const { key } = (await create(fields, update)).body as { key: string };
    const read = (await jira('GET', `/rest/api/3/issue/${key}`)).body;
    expect(read).toMatchObject({
      key,
      fields: {
        labels: ['mfa', 'arx-1'],
        priority: { name: 'High' },
        duedate: '2030-01-31',
        status: { name: 'To Do', statusCategory: { key: 'new' } },
        issuelinks: [{ type: { name: 'Relates' }, outwardIssue: { key: earlier } }],
      },
    });
  });

  it('returns only the requested fields', async () => {
    const key = await newIssue();
    const { body } = await jira('GET', `/rest/api/3/issue/${key}?fields=labels,status`);
    expect(Object.keys((body as { fields: object }).fields)).toEqual(['labels', 'status']);
  });

  it('adds and removes labels, edits fields', async () => {
    const key = await newIssue({ labels: ['a', 'b'] });
    const body = {
      fields: { summary: 'other' },
      update: { labels: [{ remove: 'a' }, { add: 'c' }, { add: 'c' }] },
    };
    expect((await jira('PUT', `/rest/api/3/issue/${key}`, body)).status).toBe(204);
    expect(issue(key).fields).toMatchObject({ summary: 'other', labels: ['b', 'c'] });
  });

  it('creates issues in bulk, and reports those that it could not create', async () => {
    const issueUpdates = [
      { fields: BASE },
      { fields: { ...BASE, labels: ['a b'] } },
      { fields: BASE },
    ];
    const answer = await jira('POST', '/rest/api/3/issue/bulk', { issueUpdates });
    const { issues, errors } = answer.body as {
      issues: unknown[];
      errors: { failedElementNumber: number }[];
    };
    expect([answer.status, issues.length, errors.map((one) => one.failedElementNumber)]).toEqual([
      201,
      2,
      [1],
    ]);
  });

  it('keeps comments in order', async () => {
    const key = await newIssue();
    for (const text of ['one', 'two'])
      await jira('POST', `/rest/api/3/issue/${key}/comment`, { body: adf(text) });
    const { body } = await jira('GET', `/rest/api/3/issue/${key}/comment`);
    expect(body).toMatchObject({
      total: 2,
      comments: [{ body: adf('one') }, { body: adf('two') }],
    });
  });

  it('follows the workflow to Done and back, unless reopening is forbidden', async () => {
    const key = await newIssue();
    const path = `/rest/api/3/issue/${key}/transitions`;
    const names = async (): Promise<string[]> =>
      ((await jira('GET', path)).body as { transitions: { name: string }[] }).transitions.map(
        ({ name }) => name,
      );
    expect(await names()).toEqual(['In Progress', 'Done']);
    expect((await jira('POST', path, { transition: { id: '31' } })).status).toBe(204);
    expect(issue(key).fields).toMatchObject({ status: { category: 'done' }, resolution: 'Done' });
    expect(await names()).toEqual(['Reopen']);
    emulators.jira.settings.forbidReopen = true;
    expect(await names()).toEqual([]);
    expect((await jira('POST', path, { transition: { id: '41' } })).status).toBe(400);
    emulators.jira.settings.forbidReopen = false;
    expect((await jira('POST', path, { transition: { id: '41' } })).status).toBe(204);
    expect(issue(key).fields).toMatchObject({ status: { category: 'new' }, resolution: null });
  });

  it('does not return deleted issues', async () => {
    const key = await newIssue();
    expect((await jira('DELETE', `/rest/api/3/issue/${key}`)).status).toBe(204);
    for (const path of ['', '/comment', '/transitions']) {
      expect((await jira('GET', `/rest/api/3/issue/${key}${path}`)).status).toBe(404);
    }
    expect(await newIssue()).not.toBe(key);
  });

  it('links the same pair once', async () => {
    const [one, two] = [await newIssue(), await newIssue()];
    const body = {
      type: { name: 'Duplicate' },
      inwardIssue: { key: two },
      outwardIssue: { key: one },
    };
    for (let times = 0; times < 2; times += 1)
      expect((await jira('POST', '/rest/api/3/issueLink', body)).status).toBe(201);
    expect(emulators.jira.links.filter(({ inward }) => inward === two)).toEqual([
      expect.objectContaining({ type: 'Duplicate', inward: two, outward: one }),
    ]);
  });
});

describe('how Jira authenticates', () => {
  it('accepts basic and bearer tokens', async () => {
    const { jira: base, tokens } = emulators.document;
    const bearer = await caller(base, `Bearer ${tokens.jira}`)('GET', '/rest/api/3/myself');
    const basic = await jira('GET', '/rest/api/3/myself');
    const accountId = expect.stringMatching(/^[0-9a-f]{24}$/) as string;
    expect([bearer.body, basic.body]).toMatchObject([{ accountId }, { accountId }]);
    expect((await caller(base, 'Bearer nope')('GET', '/rest/api/3/myself')).status).toBe(401);
  });

  it('can treat every caller as anonymous, with status 200', async () => {
    const key = await newIssue();
    emulators.jira.settings.anonymous = true;
    const myself = await jira('GET', '/rest/api/3/myself');
    expect(myself.status).toBe(200);
    expect(myself.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED');
    expect(myself.body).not.toHaveProperty('accountId');
    expect((await jira('GET', '/rest/api/3/search/jql?jql=project%3DSEC')).body).toEqual({
      issues: [],
      isLast: true,
    });
    expect((await jira('GET', `/rest/api/3/issue/${key}`)).status).toBe(404);
    expect((await create()).status).toBe(401);
  });
});

describe('web pages', () => {
  it('show issues and searches, with names as text', async () => {
    const key = await newIssue({ summary: '<script>alert(1)</script>' });
    const page = await (await fetch(`${emulators.document.jira}/browse/${key}`)).text();
    expect(page).toContain(key);
    expect(page).not.toContain('<script>');
    const search = await fetch(
      `${emulators.document.jira}/issues/?jql=${encodeURIComponent(`key = ${key}`)}`,
    );
    expect(await search.text()).toContain(`/browse/${key}`);
  });
});
