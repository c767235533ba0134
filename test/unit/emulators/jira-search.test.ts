import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { JqlError, parseJql } from '../../../emulators/jira/jql-parser.ts';
import { runJql } from '../../../emulators/jira/jql.ts';
import { STATUSES } from '../../../emulators/jira/model.ts';
import { JiraSite } from '../../../emulators/jira/site.ts';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { jiraCalls } from '../../support/vendor-calls.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';

const SETTINGS = { token: 't', email: 'e', indexLagMs: 0, forbidReopen: false, anonymous: false };
const FIELDS = {
  description: null,
  issuetype: 'Task',
  priority: 'Medium',
  duedate: null,
  assignee: null,
};
const START = Date.parse('2026-05-04T10:00:00Z');

let site: JiraSite;
const search = (jql: string, fresh: string[] = []): string[] =>
  runJql(site, parseJql(jql), new Set(fresh)).map(({ issue }) => issue.key);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  site = new JiraSite({ ...SETTINGS }, 'SEC');
});
afterEach(() => vi.useRealTimers());

function seed(): void {
  site.create({ ...FIELDS, summary: 'first thing', labels: ['mfa', 'arx-1'] });
  vi.setSystemTime(START + 60_000);
  const second = site.create({
    ...FIELDS,
    summary: 'second thing',
    labels: ['mfa', 'ARX-1'],
    priority: 'High',
  });
  vi.setSystemTime(START + 120_000);
  site.create({
    ...FIELDS,
    summary: 'no labels',
    labels: [],
    issuetype: 'Bug',
    duedate: '2026-06-01',
  });
  site.move(second, STATUSES[2]);
}

describe('JQL', () => {
  const FOUND: readonly (readonly [string, string[]])[] = [
    ['project = SEC ORDER BY created ASC', ['SEC-1', 'SEC-2', 'SEC-3']],
    ['project in (SEC) order by key desc', ['SEC-3', 'SEC-2', 'SEC-1']],
    ['project = "Security" AND statusCategory != Done ORDER BY key', ['SEC-1', 'SEC-3']],
    ['statusCategory = done', ['SEC-2']],
    ['statusCategory in ("To Do", "In Progress") ORDER BY key', ['SEC-1', 'SEC-3']],
    ['labels = arx-1', ['SEC-1']],
    ['labels in ("arx-1", ARX-1) ORDER BY key ASC', ['SEC-1', 'SEC-2']],
    ['labels = mfa AND NOT labels = arx-1', ['SEC-2']],
    ['labels != mfa', []],
    ['labels is EMPTY', ['SEC-3']],
    ['labels IS NOT EMPTY ORDER BY priority DESC, key ASC', ['SEC-1', 'SEC-2']],
    ['key in (SEC-3, sec-1) ORDER BY key', ['SEC-1', 'SEC-3']],
    ['issuekey = SEC-2', ['SEC-2']],
    ['status = "To Do" AND (issuetype = Bug OR priority = High)', ['SEC-3']],
    ['summary ~ "second" OR duedate <= "2026-06-01" ORDER BY created', ['SEC-2', 'SEC-3']],
    ['created >= "2026-05-04 10:01" ORDER BY key', ['SEC-2', 'SEC-3']],
    ['created < "2026/05/04 10:01"', ['SEC-1']],
    ['created >= -1m ORDER BY key', ['SEC-2', 'SEC-3']],
    ['resolution = Unresolved AND key != SEC-1', ['SEC-3']],
  ];
  it.each(FOUND)('%s', (jql, expected) => {
    seed();
    expect(search(jql)).toEqual(expected);
  });

  const WRONG: readonly (readonly [string, RegExp])[] = [
    ['', /Unbounded/],
    ['ORDER BY created', /Unbounded/],
    ['nope = 1', /Field 'nope' does not exist/],
    ['project = NOPE', /value 'NOPE' does not exist for the field 'project'/],
    ['status = Nope', /value 'Nope' does not exist/],
    ['key = SEC-99', /issue with key 'SEC-99' does not exist/],
    ['key = nonsense', /issue key 'nonsense' for field 'key' is invalid/],
    ['labels ~ x', /operator '~' is not supported/],
    ['created = yesterday', /Date value 'yesterday'/],
    ['created >= -90s', /Date value '-90s'/],
    ['labels in (a', /Expecting '\)'/],
    ['labels = ', /ends too early/],
    ['labels = a b', /Expecting operator/],
    ['__proto__ = 1', /does not exist/],
  ];
  it.each(WRONG)('refuses %j', (jql, message) => {
    seed();
    expect(() => search(jql)).toThrow(JqlError);
    expect(() => search(jql)).toThrow(message);
  });
});

describe('the index', () => {
  beforeEach(() => {
    site.settings.indexLagMs = 30_000;
  });

  it('finds a new issue only after the lag, unless the request reconciles it', () => {
    const { id } = site.create({ ...FIELDS, summary: 's', labels: ['mfa'] });
    vi.setSystemTime(START + 29_999);
    expect(search('labels = mfa')).toEqual([]);
    expect(search('labels = mfa', [id])).toEqual(['SEC-1']);
    vi.setSystemTime(START + 30_000);
    expect(search('labels = mfa')).toEqual(['SEC-1']);
  });

  it('shows the old state of a changed issue until the lag has passed', () => {
    const issue = site.create({ ...FIELDS, summary: 's', labels: ['mfa'] });
    vi.setSystemTime(START + 60_000);
    site.move(issue, STATUSES[2]);
    vi.setSystemTime(START + 75_000);
    site.change(issue, { labels: ['mfa', 'late'] });
    expect(search('statusCategory != Done')).toEqual(['SEC-1']);
    vi.setSystemTime(START + 90_000);
    expect(search('statusCategory = Done')).toEqual(['SEC-1']);
    expect(search('labels = late')).toEqual([]);
    vi.setSystemTime(START + 105_000);
    expect(search('labels = late')).toEqual(['SEC-1']);
  });

  it('still finds a deleted issue until the lag has passed', () => {
    const issue = site.create({ ...FIELDS, summary: 's', labels: ['mfa'] });
    vi.setSystemTime(START + 60_000);
    site.remove(issue);
    expect(site.issue('SEC-1')).toBeNull();
    expect(search('labels = mfa')).toEqual(['SEC-1']);
    vi.setSystemTime(START + 90_000);
    expect(search('labels = mfa')).toEqual([]);
  });
});

describe('search over HTTP', () => {
  let emulators: RunningEmulators;
  let jira: PlainCall;
  beforeAll(async () => {
    emulators = await startEmulators({ profile: 'empty' });
    jira = jiraCalls(emulators.document);
    for (let made = 0; made < 7; made += 1)
      emulators.jira.create({ ...FIELDS, summary: `s${made}`, labels: ['mfa'] });
  });
  beforeEach(() => void vi.useRealTimers());
  afterAll(() => emulators.close());

  it('pages by token, without a total', async () => {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const body = {
        jql: 'labels = mfa ORDER BY key',
        maxResults: 3,
        fields: ['labels'],
        nextPageToken: token,
      };
      const page = (await jira('POST', '/rest/api/3/search/jql', body)).body as Record<
        string,
        unknown
      >;
      keys.push(...(page.issues as { key: string }[]).map(({ key }) => key));
      expect(page).not.toHaveProperty('total');
      expect(page.isLast).toBe(page.nextPageToken === undefined);
      token = page.nextPageToken as string | undefined;
    } while (token !== undefined);
    expect(keys).toEqual(['SEC-1', 'SEC-2', 'SEC-3', 'SEC-4', 'SEC-5', 'SEC-6', 'SEC-7']);
  });

  it('returns only ids without requested fields', async () => {
    const { body } = await jira('GET', '/rest/api/3/search/jql?jql=key%3DSEC-1');
    expect(body).toEqual({ issues: [{ id: expect.any(String) as string }], isLast: true });
  });

  it('refuses an unknown token and an invalid query', async () => {
    const path = '/rest/api/3/search/jql?jql=project%3DSEC';
    expect((await jira('GET', `${path}&nextPageToken=invented`)).status).toBe(400);
    expect((await jira('GET', '/rest/api/3/search/jql?jql=nope')).body).toMatchObject({
      errorMessages: [expect.any(String)],
    });
  });
});
