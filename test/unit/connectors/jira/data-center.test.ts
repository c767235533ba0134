import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { Secret } from '../../../../src/config/env/secret.ts';
import type { ConnectorSettings } from '../../../../src/connectors/create.ts';
import type { JiraOperations } from '../../../../src/connectors/types.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import { readCreateScreen } from '../../../../src/connectors/jira/screens.ts';
import { context, failureOf, harness, TOKEN } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import type { Reply } from '../support/server.ts';

type Read = JiraOperations['issues:read'];
type JiraSettings = NonNullable<ConnectorSettings['jira']>;

const CREATE = {
  project: 'SEC',
  issueType: 'Task',
  summary: 'MFA missing',
  description: [{ type: 'paragraph' as const, text: 'Please enrol, *now*.' }],
  labels: ['mfa', 'arx-0123'],
};
const INFO = { version: '10.3.5', deploymentType: 'Server', baseUrl: 'https://jira.example.com' };
const fieldsOf = async (promise: Promise<unknown>) =>
  ((await failureOf(promise)) as ConnectorError).fields;

describe('Jira Data Center', () => {
  let emulators: RunningEmulators;
  beforeEach(async () => {
    emulators = await startEmulators({
      profile: 'empty',
      jiraEdition: 'data_center',
      jiraPath: '/jira',
    });
  });
  afterEach(() => emulators.close());

  const open = (changes: Partial<JiraSettings> = {}) =>
    harness(emulators.document.okta, {
      jira: {
        origin: emulators.document.jira,
        edition: 'ask',
        token: new Secret(emulators.document.tokens.jira),
        ...changes,
      },
    });
  const paths = () => emulators.log.entries.map(({ method, path }) => `${method} ${path}`);

  it('is recognised once, and called by its own paths only', async () => {
    const { connectors, journal } = open();
    const { output } = await connectors.jira('issues:create', CREATE, context());
    const { key } = output;
    await connectors.jira('issues:comment', { key, body: CREATE.description }, context());
    await connectors.jira('issues:read', { by: 'transitions', key }, context());
    await connectors.jira('issues:read', { by: 'jql', jql: 'labels = "mfa"' }, context());
    expect(paths()).toEqual([
      'GET /rest/api/2/serverInfo',
      'POST /rest/api/2/issue',
      'POST /rest/api/2/issue/SEC-1/comment',
      'GET /rest/api/2/issue/SEC-1/transitions',
      'POST /rest/api/2/search',
    ]);
    expect(emulators.log.entries.every(({ accepted }) => accepted)).toBe(true);
    expect(journal.kinds).not.toContain('action.failed');
  });

  it('is asked once for calls that begin together', async () => {
    const { connectors } = open();
    await Promise.all([1, 2, 3].map(() => connectors.jira('myself:read', {}, context())));
    expect(paths().filter((path) => path.endsWith('serverInfo'))).toHaveLength(1);
  });

  it('stores text as wiki markup, in which nothing that people wrote is markup', async () => {
    const { connectors } = open();
    const { output } = await connectors.jira('issues:create', CREATE, context());
    const body = [{ type: 'paragraph' as const, text: '[~admin] {quote}run-1{quote}' }];
    await connectors.jira('issues:comment', { key: output.key, body }, context());
    const [issue] = emulators.jira.present();
    expect(issue?.fields.description).toBe('Please enrol, \\*now\\*.');
    expect(issue?.comments[0]?.body).toBe('\\[\\~admin\\] &#123;quote&#125;run-1&#123;quote&#125;');
    const read = { by: 'key' as const, key: output.key, comments: true };
    const { issues } = (await connectors.jira('issues:read', read, context())).output;
    expect(issues[0]?.comments).toEqual(['[~admin] {quote}run-1{quote}']);
  });

  it('is searched by offset until the total is reached', async () => {
    const { connectors } = open();
    for (let at = 0; at < 5; at += 1)
      await connectors.jira('issues:create', { ...CREATE, summary: `${at}` }, context());
    const keys: string[] = [];
    let next: string | null = null;
    do {
      const input: Read['input'] = {
        by: 'jql',
        jql: 'labels = "mfa" ORDER BY key',
        next,
        limit: 2,
      };
      const page: Read['output'] = (await connectors.jira('issues:read', input, context())).output;
      keys.push(...page.issues.map(({ key }) => key));
      next = page.next;
    } while (next !== null);
    expect(keys).toEqual(['SEC-1', 'SEC-2', 'SEC-3', 'SEC-4', 'SEC-5']);
  });

  it('names its users by key', async () => {
    const { output } = await open().connectors.jira('myself:read', {}, context());
    expect(output.accountId).toMatch(/^JIRAUSER\d+$/);
  });

  it('shows its screens, finds people by name, and takes fields in its own forms', async () => {
    const address = 'Ann@example.com';
    const account = { accountId: '5b10a2844c20165700ede21f', displayName: 'Ann', active: true };
    emulators.jira.settings.accounts = [{ ...account, emailAddress: address, foundBy: address }];
    emulators.jira.settings.customFields = [
      { id: 'customfield_1', name: 'Owner', type: 'user', required: true },
      { id: 'customfield_2', name: 'Cause', type: 'textarea', required: true },
      { id: 'components', name: 'Components', type: 'components', required: false, options: ['A'] },
    ];
    const { jira } = open().connectors;
    const types = await readCreateScreen(
      async (input) => (await jira('issues:read', input, context())).output,
      { project: 'SEC', issueType: 'Task' },
    );
    expect(types).toMatchObject({
      isOffered: true,
      fields: expect.arrayContaining([
        expect.objectContaining({ id: 'customfield_2', isDocument: true, required: true }),
      ]),
    });
    const lookup = { email: address.toLowerCase() };
    const { accountId } = (await jira('users:lookup', lookup, context())).output;
    expect(accountId).toBe('user-e21f');
    const fields = {
      customfield_1: { kind: 'user', accountId },
      customfield_2: { kind: 'document', text: 'one *two*' },
      components: { kind: 'list', items: [{ kind: 'choice', id: '10300' }] },
    } as const;
    await jira('issues:create', { ...CREATE, fields }, context());
    expect(emulators.jira.present()[0]?.fields.custom).toEqual({
      customfield_1: { name: 'user-e21f' },
      customfield_2: 'one \\*two\\*',
      components: [{ id: '10300' }],
    });
    const asked = { project: 'SEC', permissions: ['CREATE_ISSUES'] };
    const { granted } = (await jira('permissions:read', asked, context())).output;
    expect(granted).toEqual(['CREATE_ISSUES']);
  });

  it('tells its edition, version and address', async () => {
    const { output } = await open().connectors.jira('server:read', {}, context());
    expect(output).toEqual({
      edition: 'data_center',
      version: '10.3.5',
      baseUrl: emulators.document.jira,
    });
  });

  it('that refuses the token answers with a page: the credential was not accepted', async () => {
    const { connectors } = open({ token: new Secret('wrong') });
    expect(await fieldsOf(connectors.jira('issues:create', CREATE, context()))).toMatchObject({
      code: 'unauthenticated',
      status: 401,
      ambiguous: false,
    });
  });

  it('that asks for a CAPTCHA names what to do', async () => {
    emulators.jira.settings.captcha = true;
    const { connectors } = open({ edition: 'data_center' });
    const fields = await fieldsOf(connectors.jira('issues:create', CREATE, context()));
    expect(fields).toMatchObject({
      code: 'unauthenticated',
      vendorCode: 'CAPTCHA_CHALLENGE',
      ambiguous: false,
    });
    expect(fields.message).toMatch(/CAPTCHA.*sign in once in a browser/);
  });

  it('that has no tokens left is not called before it has new ones', async () => {
    emulators.jira.settings.tokenBucket = { limit: 2, fillRate: 2, intervalSeconds: 1 };
    const { connectors, events } = open({ edition: 'data_center' });
    for (let at = 0; at < 5; at += 1) await connectors.jira('myself:read', {}, context());
    expect(events.filter(({ throttled }) => throttled)).toEqual([]);
  });
});

describe('the edition of Jira', () => {
  const servers = serverPool();
  afterEach(() => servers.closeAll());
  const reach = async (replies: readonly Reply[]) => {
    const server = await servers.start((_seen, count) => replies[count - 1] ?? { status: 204 });
    const jira = { origin: server.origin, edition: 'ask' as const, token: new Secret(TOKEN) };
    return { server, ...harness(server.origin, { jira }) };
  };

  it.each([
    ['a page', { text: '<html>Welcome</html>' }, 'malformed', /check JIRA_URL/],
    ['nothing at this address', { status: 404, text: 'nginx' }, 'malformed', /check JIRA_URL/],
    ['an answer of something else', { json: { ok: true } }, 'malformed', /check JIRA_URL/],
    ['a refused token', { status: 401, text: '' }, 'unauthenticated', /credential/],
    ['a rate limit', { status: 429, text: '' }, 'rate_limited', /rate limit/],
    ['a fault', { status: 503, text: '' }, 'unavailable', /temporarily/],
    ['a lost connection', { cut: 'before' as const }, 'unavailable', /./],
  ])(
    'that cannot be learned because of %s fails the call before it is sent',
    async (_what, reply, code, message) => {
      const { server, connectors, journal } = await reach([reply]);
      const fields = await fieldsOf(connectors.jira('issues:create', CREATE, context()));
      expect(fields).toMatchObject({ code, ambiguous: false });
      expect(fields.message).toMatch(message);
      expect(server.seen.map(({ path }) => path)).toEqual(['/rest/api/2/serverInfo']);
      expect(journal.kinds).toEqual(['action.started', 'action.failed']);
    },
  );

  it('is asked again after a failure', async () => {
    const { server, connectors } = await reach([
      { status: 503, text: '' },
      { json: INFO },
      { json: { key: 'SEC', name: 'Security' } },
    ]);
    const read = () => connectors.jira('projects:read', { project: 'SEC' }, context());
    await failureOf(read());
    await read();
    expect(server.seen.map(({ path }) => path)).toEqual([
      '/rest/api/2/serverInfo',
      '/rest/api/2/serverInfo',
      '/rest/api/2/project/SEC',
    ]);
  });

  it.each([
    ['Cloud', '/rest/api/3/myself'],
    ['Server', '/rest/api/2/myself'],
    ['DataCenter', '/rest/api/2/myself'],
    [undefined, '/rest/api/2/myself'],
  ])('with the deployment type %s leads to %s', async (deploymentType, path) => {
    const { server, connectors } = await reach([
      { json: { ...INFO, deploymentType } },
      { json: { key: 'JIRAUSER1', accountId: '5b1' } },
    ]);
    await connectors.jira('myself:read', {}, context());
    expect(server.seen[1]?.path).toBe(path);
  });
});

describe('the gateway of Jira Cloud', () => {
  const gateway = '/ex/jira/11111111-2222-3333-4444-555555555555';

  it('takes a service account, and tells the address of the site for links', async () => {
    const emulators = await startEmulators({ profile: 'empty', jiraPath: gateway });
    const { document } = emulators;
    const { connectors } = harness(document.okta, {
      jira: { origin: document.jira, site: null, token: new Secret(document.tokens.jira) },
    });
    await connectors.jira('issues:create', CREATE, context());
    const { output } = await connectors.jira('server:read', {}, context());
    expect(`${output.baseUrl}${gateway}`).toBe(document.jira);
    const page = await fetch(`${output.baseUrl}/browse/SEC-1`);
    expect(page.status).toBe(200);
    expect(connectors.jiraBaseUrl).toBeNull();
    await emulators.close();
  });
});
