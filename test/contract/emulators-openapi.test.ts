import { describe, expect } from 'vitest';
import { startEmulators } from '../../emulators/start.ts';
import { acceptLogProblems, openApiOf } from '../support/openapi.ts';
import { itWithReference, recordedPairs } from '../support/reference.ts';
import { adf, jiraCalls, oktaCalls } from '../support/vendor-calls.ts';

const okta = openApiOf('okta');
const jira = openApiOf('jira');

describe('the check against the specification', () => {
  itWithReference.for(recordedPairs)('accepts the request of $name', ({ request }) => {
    expect(okta.request({ ...request, body: request.body ?? undefined })).toEqual([]);
  });

  const WRONG = [
    ['an unknown path', okta, { method: 'GET', path: '/api/v1/nowhere', query: '' }, /in no path/],
    [
      'an unknown parameter',
      okta,
      { method: 'GET', path: '/api/v1/users', query: 'where=x' },
      /'where' is not in/,
    ],
    [
      'a missing parameter',
      okta,
      { method: 'GET', path: '/api/v1/policies', query: '' },
      /'type' is required/,
    ],
    [
      'a value of another type',
      okta,
      { method: 'GET', path: '/api/v1/users', query: 'limit=all' },
      /must be integer/,
    ],
    [
      'a missing body',
      jira,
      { method: 'POST', path: '/rest/api/3/issue', query: '' },
      /the body is required/,
    ],
    [
      'a body that none is for',
      okta,
      { method: 'GET', path: '/api/v1/users', query: '', body: {} },
      /has none/,
    ],
    [
      'a body of another form',
      jira,
      { method: 'POST', path: '/rest/api/3/search/jql', query: '', body: { maxResults: 'x' } },
      /maxResults must be integer/,
    ],
  ] as const;
  itWithReference.for(WRONG)('refuses %s', ([, specification, request, message]) => {
    expect(specification.request(request).join()).toMatch(message);
  });

  itWithReference('reads an accept log', async () => {
    const emulators = await startEmulators({ profile: 'plain', users: 1 });
    await oktaCalls(emulators.document)(
      'GET',
      '/api/v1/users?limit=200&search=status%20eq%20%22ACTIVE%22',
    );
    const fields = {
      project: { key: 'SEC' },
      issuetype: { name: 'Task' },
      summary: 's',
      description: adf('d'),
    };
    await jiraCalls(emulators.document)('POST', '/rest/api/3/issue', { fields });
    expect(acceptLogProblems(emulators.log.entries)).toEqual([]);
    await oktaCalls(emulators.document)('GET', '/api/v1/users?nope=1');
    expect(acceptLogProblems(emulators.log.entries)).toHaveLength(1);
    await emulators.close();
  });
});
