import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange } from '../../../../src/connectors/exchange.ts';
import { createTransport } from '../../../../src/connectors/http.ts';
import { InvalidArgumentError } from '../../../../src/connectors/errors.ts';
import { createGovernor } from '../../../../src/connectors/rate-limit/governor.ts';
import { context, failureOf, GROUP, harness, USER } from '../support/harness.ts';
import { startServer } from '../support/server.ts';
import type { Scope } from '../../../../src/connectors/exchange.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer(() => ({ json: [] }));
});
afterAll(() => server.close());

const nasty = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '../..',
    '%2e%2e',
    '..%2f',
    'me',
    '{userId}',
    'a/b',
    'a?b',
    'a#b',
    'a;b',
    '\\..\\',
    ' ',
  ),
  fc.constantFrom(
    `${USER}/`,
    `${USER}/..`,
    `${USER}%00`,
    `${USER}\n`,
    `/${USER}`,
    `${USER}?expand=x`,
    'someone@example.com',
  ),
  fc.string({ maxLength: 30, unit: 'binary' }),
  fc.string({ minLength: 20, maxLength: 20, unit: fc.constantFrom('.', '/', 'a', '%', '0') }),
);
const hostile = nasty.filter((id) => !/^[A-Za-z0-9]{20}$/.test(id));

describe('hostile ids', () => {
  it('reach no path at all', async () => {
    const { connectors, journal } = harness(server.origin);
    const attempts = fc.constantFrom(
      (id: string) => connectors.okta('users:read_detail', { userId: id }, context()),
      (id: string) => connectors.okta('users:read_factors', { userId: id }, context()),
      (id: string) => connectors.okta('groups:read_detail', { groupId: id }, context()),
      (id: string) => connectors.okta('groups:read_members', { groupId: id }, context()),
      (id: string) => connectors.jira('issues:read', { by: 'key', key: id }, context()),
      (id: string) =>
        connectors.jira('issues:comment', { key: id, body: [{ type: 'paragraph', text: 'x' }] }, context()),
      (id: string) => connectors.jira('issues:transition', { key: id, transitionId: '1' }, context()),
    );
    await fc.assert(
      fc.asyncProperty(attempts, hostile, async (attempt, id) => {
        expect(await failureOf(attempt(id))).toBeInstanceOf(InvalidArgumentError);
      }),
      { numRuns: 300 },
    );
    expect(server.seen).toEqual([]);
    expect(new Set(journal.kinds)).toEqual(new Set(['action.denied']));
  });

  it('stay in their place: a cursor never changes the path', async () => {
    const { connectors } = harness(server.origin);
    const cursors = fc.string({
      minLength: 1,
      maxLength: 40,
      unit: fc.constantFrom(...'./?#&=%\\"<> +é雪abc0'.split('')),
    });
    await fc.assert(
      fc.asyncProperty(cursors, async (after) => {
        server.seen.length = 0;
        await connectors.okta('groups:read_members', { groupId: GROUP, after }, context());
        expect(server.seen.map(({ path, query }) => [path, query.get('after')])).toEqual([
          [`/api/v1/groups/${GROUP}/users`, after],
        ]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the last look before sending', () => {
  const wire = () => ({
    transport: createTransport({ origin: server.origin }),
    governor: createGovernor({ quota: { share: 1, reserve: 0, warningThreshold: false } }),
    observe: () => undefined,
  });
  const scope = (method: string, path: string): Scope => ({
    called: { connector: 'okta', operation: 'groups:remove_member', write: true },
    run: 'run-1',
    approved: { method, path },
    priority: 'scan',
    signal: undefined,
    answer: null,
    failure: null,
  });
  const member = `/api/v1/groups/${GROUP}/users/${USER}`;

  it.each([
    ['dots that climb', 'DELETE', `/api/v1/groups/${GROUP}/users/..`],
    ['encoded dots', 'DELETE', `/api/v1/groups/${GROUP}/users/%2e%2e`],
    ['a backslash', 'DELETE', `/api/v1/groups/${GROUP}/users\\..`],
    ['another method', 'PUT', member],
    ['a longer path', 'DELETE', `${member}/x`],
    ['an empty id', 'DELETE', `/api/v1/groups/${GROUP}/users/`],
    ['an unfilled placeholder', 'DELETE', `/api/v1/groups/${GROUP}/users/{userId}`],
  ])('stops %s', async (_what, method, path) => {
    server.seen.length = 0;
    const request = { method, url: server.origin + path, headers: {} };
    const sending = exchange(wire(), scope('DELETE', member), request);
    expect(await failureOf(sending)).toMatchObject({ fields: { code: 'malformed', status: null, ambiguous: false } });
    expect(server.seen).toEqual([]);
  });

  it('lets the approved request pass, whatever its query', async () => {
    const request = { method: 'delete', url: `${server.origin}${member}?x=/../`, headers: {} };
    expect((await exchange(wire(), scope('DELETE', member), request)).status).toBe(200);
  });
});
