import { afterEach, describe, expect, it } from 'vitest';
import { EndlessListError, InvalidArgumentError } from '../../../../src/connectors/errors.ts';
import { readCreateScreen } from '../../../../src/connectors/jira/screens.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { ReadIssues } from '../../../../src/connectors/jira/screens.ts';
import { context, failureOf, harness } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import type { Reply } from '../support/server.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

const serve = async (reply: Reply | ((count: number) => Reply)) => {
  const server = await servers.start((_seen, count) =>
    typeof reply === 'function' ? reply(count) : reply,
  );
  return { server, ...harness(server.origin) };
};
const codeOf = async (promise: Promise<unknown>) =>
  ((await failureOf(promise)) as ConnectorError).fields;
type Harness = Awaited<ReturnType<typeof serve>>;
const reading =
  ({ connectors }: Pick<Harness, 'connectors'>): ReadIssues =>
  async (input) =>
    (await connectors.jira('issues:read', input, context())).output;

const field = (fieldId: string, more: object = {}) => ({
  fieldId,
  key: fieldId,
  name: `Name of ${fieldId}`,
  required: false,
  operations: ['set'],
  schema: { type: 'string', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:textfield' },
  ...more,
});
const TYPES = { startAt: 0, total: 1, issueTypes: [{ id: '10003', name: 'Task' }] };
const TASK = { project: 'SEC', issueType: 'Task' };

describe('the create screen', () => {
  it('is read to its last page, and refers to the type by its id', async () => {
    const pages = [
      TYPES,
      { startAt: 0, maxResults: 1, total: 2, fields: [field('summary', { required: true })] },
      {
        startAt: 1,
        maxResults: 1,
        total: 2,
        fields: [
          field('customfield_1', {
            hasDefaultValue: true,
            schema: { type: 'array', items: 'option' },
            allowedValues: [
              { id: '1', value: 'A', children: [{ id: '2', value: 'B' }] },
              { id: 3, name: 'C' },
            ],
          }),
        ],
      },
    ];
    const served = await serve((count) => ({ json: pages[count - 1] }));
    const result = await readCreateScreen(reading(served), TASK);
    expect(result).toMatchObject({
      isOffered: true,
      fields: [
        { id: 'summary', required: true, type: 'string', isDocument: false, allowed: [] },
        {
          id: 'customfield_1',
          hasDefault: true,
          type: 'array',
          items: 'option',
          allowed: [
            { id: '1', name: 'A', children: [{ id: '2', name: 'B' }] },
            { id: '3', name: 'C' },
          ],
        },
      ],
    });
    expect(served.server.seen.map(({ path }) => path)).toEqual([
      '/rest/api/3/issue/createmeta/SEC/issuetypes',
      '/rest/api/3/issue/createmeta/SEC/issuetypes/10003',
      '/rest/api/3/issue/createmeta/SEC/issuetypes/10003',
    ]);
    expect(served.server.seen[2]?.query).toContainEqual(['startAt', '1']);
  });

  it('of a type that the account cannot create names those that it can', async () => {
    const served = await serve({ json: TYPES });
    expect(
      await readCreateScreen(reading(served), { project: 'SEC', issueType: 'Incident' }),
    ).toEqual({ isOffered: false, offered: ['Task'] });
  });

  it('that never ends is an error', async () => {
    const page = { startAt: 0, maxResults: 1, total: 9, fields: [field('summary')] };
    const served = await serve((count) => ({ json: count === 1 ? TYPES : page }));
    expect(await failureOf(readCreateScreen(reading(served), TASK))).toBeInstanceOf(
      EndlessListError,
    );
  });
});

const CREATE = {
  project: 'SEC',
  issueType: 'Task',
  summary: 'MFA missing',
  labels: ['arx-1'],
};

describe('further fields of an issue', () => {
  it('are sent as Jira takes them, and recorded by their ids only', async () => {
    const { server, connectors, journal } = await serve({
      status: 201,
      json: { id: '1', key: 'SEC-1' },
    });
    await connectors.jira(
      'issues:create',
      {
        ...CREATE,
        fields: {
          customfield_1: { kind: 'text', text: 'canary one' },
          customfield_2: { kind: 'document', text: 'canary two\nthree' },
          customfield_3: { kind: 'choice', id: '7', child: '8' },
          customfield_4: { kind: 'number', number: 4 },
          customfield_5: { kind: 'named', name: 'group' },
          components: { kind: 'list', items: [{ kind: 'choice', id: '9' }] },
          reporter: { kind: 'user', accountId: 'canary-account' },
        },
      },
      context(),
    );
    const { fields } = JSON.parse(server.seen[0]?.body ?? '') as { fields: object };
    expect(fields).toEqual({
      project: { key: 'SEC' },
      issuetype: { name: 'Task' },
      summary: 'MFA missing',
      labels: ['arx-1'],
      customfield_1: 'canary one',
      customfield_2: expect.objectContaining({ type: 'doc' }),
      customfield_3: { id: '7', child: { id: '8' } },
      customfield_4: 4,
      customfield_5: { name: 'group' },
      components: [{ id: '9' }],
      reporter: { accountId: 'canary-account' },
    });
    expect(journal.drafts[0]?.args).toMatchObject({
      fields: expect.arrayContaining(['customfield_1', 'reporter']),
    });
    expect(JSON.stringify(journal.drafts)).not.toContain('canary');
  });

  it.each(['summary evil', 'customfield_x', 'Labels'])(
    'with the id %s are refused before anything is sent',
    async (id) => {
      const { server, connectors } = await serve({ status: 201, json: { id: '1', key: 'SEC-1' } });
      const fields = JSON.parse(`{ "${id}": { "kind": "text", "text": "x" } }`) as object;
      expect(
        await failureOf(
          connectors.jira('issues:create', { ...CREATE, fields } as never, context()),
        ),
      ).toBeInstanceOf(InvalidArgumentError);
      expect(server.seen).toEqual([]);
    },
  );

  it('are sent with a transition', async () => {
    const { server, connectors } = await serve({ status: 204 });
    await connectors.jira(
      'issues:transition',
      {
        key: 'SEC-1',
        transitionId: '31',
        resolution: 'Done',
        fields: { customfield_1: { kind: 'text', text: 'x' } },
      },
      context(),
    );
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      transition: { id: '31' },
      fields: { customfield_1: 'x', resolution: { name: 'Done' } },
    });
  });
});

describe('a user by address', () => {
  const user = (accountId: string, more: object = {}) => ({ accountId, active: true, ...more });
  it.each<[string, object[], string | null]>([
    ['with that address', [user('a', { emailAddress: 'x@e.com' }), user('b')], null],
    ['in other capitals', [user('b'), user('a', { emailAddress: 'ANN@e.com' })], 'a'],
    ['whose address is hidden', [user('a')], 'a'],
    ['among several hidden ones', [user('a'), user('b')], null],
    ['with another address', [user('a', { emailAddress: 'bann@e.com' })], null],
    ['who is not active', [user('a', { active: false })], null],
    ['who does not exist', [], null],
  ])('%s', async (_, json, accountId) => {
    const { connectors, journal, server } = await serve({ json });
    const found = connectors.jira('users:lookup', { email: 'ann@e.com' }, context());
    if (accountId === null) expect(await codeOf(found)).toMatchObject({ code: 'not_found' });
    else expect((await found).output).toEqual({ accountId });
    expect(server.seen[0]?.path).toBe('/rest/api/3/user/search');
    expect(JSON.stringify(journal.drafts)).not.toContain('ann@');
  });
});

it('reads which permissions the account has', async () => {
  const { connectors } = await serve({
    json: {
      permissions: {
        CREATE_ISSUES: { havePermission: true },
        EDIT_ISSUES: { havePermission: false },
      },
    },
  });
  const permissions = ['CREATE_ISSUES', 'EDIT_ISSUES'];
  const { output } = await connectors.jira(
    'permissions:read',
    { project: 'SEC', permissions },
    context(),
  );
  expect(output).toEqual({ granted: ['CREATE_ISSUES'] });
});

it('recognises that a CAPTCHA must be solved', async () => {
  const { connectors } = await serve({
    status: 403,
    text: '<html>Basic Authentication Failure</html>',
    headers: {
      'x-seraph-loginreason': 'AUTHENTICATION_DENIED',
      'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE; login-url=https://jira/login.jsp',
    },
  });
  expect(await codeOf(connectors.jira('myself:read', {}, context()))).toMatchObject({
    code: 'unauthenticated',
    vendorCode: 'CAPTCHA_CHALLENGE',
  });
});
