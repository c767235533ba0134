import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../emulators/start.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import { openApiOf } from '../support/openapi.ts';
import { itWithReference } from '../support/reference.ts';
import { adf, jiraCalls } from '../support/vendor-calls.ts';
import type { PlainCall } from '../support/vendor-calls.ts';

const specification = openApiOf('jira');
const BASE = '/rest/api/3';
let emulators: RunningEmulators;
let jira: PlainCall;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty' });
  jira = jiraCalls(emulators.document);
  await jira('POST', `${BASE}/issue`, issue('one'));
  await jira('POST', `${BASE}/issue`, issue('two'));
  await jira('POST', `${BASE}/issue/SEC-1/comment`, { body: adf('noted') });
});
afterAll(() => emulators.close());

function issue(summary: string): Record<string, unknown> {
  const fields = {
    project: { key: 'SEC' },
    issuetype: { name: 'Task' },
    summary,
    labels: ['mfa'],
    description: adf(summary),
  };
  return { fields };
}

const related = {
  type: { name: 'Relates' },
  inwardIssue: { key: 'SEC-1' },
  outwardIssue: { key: 'SEC-2' },
};
const jql = encodeURIComponent('project = SEC');
type Call = [name: string, status: number, method: string, path: string, body?: unknown];
const CALLS: Call[] = [
  ['create', 201, 'POST', '/issue', issue('three')],
  [
    'create, refused',
    400,
    'POST',
    '/issue',
    { fields: { project: { key: 'SEC' }, issuetype: { name: 'Task' } } },
  ],
  [
    'create many, partly refused',
    201,
    'POST',
    '/issue/bulk',
    { issueUpdates: [issue('four'), { fields: {} }] },
  ],
  ['read', 200, 'GET', '/issue/SEC-1?fields=labels,status,comment&expand=transitions'],
  ['read, missing', 404, 'GET', '/issue/SEC-999'],
  [
    'edit',
    204,
    'PUT',
    '/issue/SEC-1',
    { fields: { summary: 'changed' }, update: { labels: [{ add: 'x' }] } },
  ],
  [
    'add a link by an edit',
    204,
    'PUT',
    '/issue/SEC-1',
    {
      update: {
        issuelinks: [{ add: { type: { name: 'Duplicate' }, outwardIssue: { key: 'SEC-2' } } }],
      },
    },
  ],
  ['read comments', 200, 'GET', '/issue/SEC-1/comment?startAt=0&maxResults=50'],
  ['comment', 201, 'POST', '/issue/SEC-1/comment', { body: adf('more') }],
  ['read transitions', 200, 'GET', '/issue/SEC-1/transitions'],
  ['transition', 204, 'POST', '/issue/SEC-1/transitions', { transition: { id: '31' } }],
  ['transition, refused', 400, 'POST', '/issue/SEC-1/transitions', { transition: { id: '999' } }],
  ['link', 201, 'POST', '/issueLink', related],
  [
    'search by GET',
    200,
    'GET',
    `/search/jql?jql=${jql}&maxResults=1&fields=labels,status,issuelinks`,
  ],
  [
    'search by POST',
    200,
    'POST',
    '/search/jql',
    { jql: 'project = SEC', maxResults: 50, fields: ['*all'] },
  ],
  ['search, refused', 400, 'POST', '/search/jql', { jql: 'nonsense ~~' }],
  [
    'save a filter',
    200,
    'POST',
    '/filter',
    { name: 'Open MFA', jql: 'project = SEC', description: 'mfa' },
  ],
  ['find filters', 200, 'GET', '/filter/search?filterName=Open'],
  ['myself', 200, 'GET', '/myself'],
  ['server', 200, 'GET', '/serverInfo'],
  ['project', 200, 'GET', '/project/SEC'],
  ['project, missing', 404, 'GET', '/project/NOPE'],
  ['issue types', 200, 'GET', '/issue/createmeta/SEC/issuetypes'],
];

describe('the emulated Jira, against the specification', () => {
  itWithReference.for(CALLS)(
    '%s answers %i, request and answer conform',
    async ([, expected, method, path, body]) => {
      const answer = await jira(method, BASE + path, body);
      const [plain = '', query = ''] = path.split('?');
      expect(answer.status).toBe(expected);
      expect(specification.request({ method, path: BASE + plain, query, body })).toEqual([]);
      const problems = specification.response({
        method,
        path: BASE + plain,
        status: answer.status,
        body: answer.body,
      });
      expect(problems).toEqual([]);
    },
  );

  it('answers an unknown caller with 401 and an error collection', async () => {
    const answer = await fetch(`${emulators.document.jira}${BASE}/myself`);
    const body: unknown = await answer.json();
    expect(answer.status).toBe(401);
    expect(body).toEqual({
      errorMessages: ['Client must be authenticated to access this resource.'],
      errors: {},
    });
    expect(answer.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED');
  });
});
