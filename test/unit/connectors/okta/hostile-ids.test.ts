import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange } from '../../../../src/connectors/transport/exchange.ts';
import { createTransport } from '../../../../src/connectors/transport/http.ts';
import { InvalidArgumentError } from '../../../../src/connectors/errors.ts';
import { createGovernor } from '../../../../src/connectors/rate-limit/governor.ts';
import { OKTA_OPERATIONS } from '../../../../src/governance/catalogue-okta.ts';
import { context, failureOf, GROUP, harness, policy, USER } from '../support/harness.ts';
import { inputsFor, NOWHERE, OKTA_OPERATION_NAMES } from '../support/okta-calls.ts';
import { startServer } from '../support/server.ts';
import type { Scope } from '../../../../src/connectors/transport/exchange.ts';
import type { TestServer } from '../support/server.ts';
import { assertProperty } from '../../../support/properties.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer(() => ({ json: [] }));
});
afterAll(() => server.close());

const grant = { requestId: 'req-1' };
const ALL = { connector: 'okta', operations: ['*:*'], riskMax: 'CRITICAL' as const };

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

/** Valid ids, one for each kind of placeholder. */
const PLACES = OKTA_OPERATION_NAMES.flatMap((operation) =>
  inputsFor(operation, NOWHERE).flatMap((input) =>
    Object.keys(input as object)
      .filter((name) => /Ids?$/.test(name))
      .map((name) => ({ operation, input: input as Record<string, unknown>, name })),
  ),
);
const FAMOUS = [
  '..',
  '.',
  '',
  'me',
  '%2e%2e',
  'a/b',
  'é雪\u202e',
  'x'.repeat(10_000),
  '\u0000',
  `${USER}\u0000`,
];

const everything = { ok: true as const, digest: 'e'.repeat(64), policies: [policy(ALL)] };
/** Connectors with every permission, and a grant for every call. */
const trusting = () =>
  harness(server.origin, {
    bundle: () => everything,
    grants: { useUp: () => Promise.resolve(true) },
  });

/** Everything that a caller could send as an id. */
const values = fc.oneof(
  hostile,
  fc.constantFrom<unknown>(
    ...FAMOUS,
    null,
    undefined,
    42,
    true,
    {},
    [],
    [USER],
    { toString: () => USER },
    'default',
  ),
);

describe('hostile ids', () => {
  it('are tried in placeholders of every family', () => {
    expect(new Set(PLACES.map(({ operation }) => operation)).size).toBeGreaterThan(25);
    expect(new Set(PLACES.map(({ name }) => name))).toEqual(
      new Set(['userId', 'groupId', 'groupIds', 'appId', 'authServerId', 'policyId']),
    );
  });

  it.each(PLACES)(
    'in $name of $operation do not reach a path',
    async ({ operation, input, name }) => {
      server.seen.length = 0;
      const { connectors, journal } = trusting();
      const refuse = async (value: unknown): Promise<void> => {
        // The only word that names an authorization server, and nothing else.
        if (name === 'authServerId' && value === 'default') return;
        const asked = name === 'groupIds' ? [value] : value;
        const call = connectors.okta(
          operation,
          { ...input, [name]: asked } as never,
          context({ grant }),
        );
        expect(await failureOf(call)).toBeInstanceOf(InvalidArgumentError);
      };
      for (const id of FAMOUS) await refuse(id);
      await assertProperty(fc.asyncProperty(values, refuse), { numRuns: 60 });
      expect(server.seen).toEqual([]);
      expect(new Set(journal.kinds)).toEqual(new Set(['action.denied']));
    },
  );

  it('of Jira do not reach a path either', async () => {
    server.seen.length = 0;
    const { connectors } = harness(server.origin);
    const attempts = fc.constantFrom(
      (id: string) => connectors.jira('issues:read', { by: 'key', key: id }, context()),
      (id: string) =>
        connectors.jira(
          'issues:comment',
          { key: id, body: [{ type: 'paragraph', text: 'x' }] },
          context(),
        ),
      (id: string) =>
        connectors.jira('issues:transition', { key: id, transitionId: '1' }, context()),
    );
    await assertProperty(
      fc.asyncProperty(attempts, hostile, async (attempt, id) => {
        expect(await failureOf(attempt(id))).toBeInstanceOf(InvalidArgumentError);
      }),
      { numRuns: 300 },
    );
    expect(server.seen).toEqual([]);
  });
});

describe('for any arguments', () => {
  const id = fc.string({
    minLength: 20,
    maxLength: 20,
    unit: fc.constantFrom(...'ABCxyz0189'.split('')),
  });
  const text = fc.string({
    maxLength: 60,
    unit: fc.constantFrom(...'./?#&=%\\"<>{} +é雪abc0'.split('')),
  });
  const word = text.filter((one) => one !== '');

  /** An input of the operation with generated values in every free field. */
  const madeUp = (input: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> =>
    fc.record(
      Object.fromEntries(
        Object.entries(input).map(([name, value]): [string, fc.Arbitrary<unknown>] => {
          if (/Id$/.test(name)) return [name, id];
          if (['q', 'search', 'login', 'after', 'name', 'description'].includes(name))
            return [name, word];
          if (name === 'filter') return [name, word];
          if (name === 'profile')
            return [name, fc.record({ login: word, email: word, nickName: text, title: text })];
          return [name, fc.constant(value)];
        }),
      ),
    );

  it.each(OKTA_OPERATION_NAMES)(
    '%s sends the method and path of its row with the ids filled in',
    async (operation) => {
      const { connectors } = trusting();
      const forms = OKTA_OPERATIONS.find((row) => row.operation === operation);
      const templates = forms?.wire ?? [{ method: forms?.method, path: forms?.path ?? '' }];
      const [input] = inputsFor(operation, NOWHERE).slice(-1) as Record<string, unknown>[];
      await assertProperty(
        fc.asyncProperty(madeUp({ ...input }), async (given) => {
          server.seen.length = 0;
          await connectors
            .okta(operation, given as never, context({ grant }))
            .catch(() => undefined);
          const expected = templates.map(
            ({ method, path }) =>
              `${method} ${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(given[name]))}`,
          );
          expect(server.seen).toHaveLength(1);
          expect(expected).toContain(`${server.seen[0]?.method} ${server.seen[0]?.path}`);
        }),
        { numRuns: 25 },
      );
    },
  );
});

describe('a cursor', () => {
  it('stays in its parameter and never changes the path', async () => {
    const { connectors } = harness(server.origin);
    const cursors = fc.string({
      minLength: 1,
      maxLength: 40,
      unit: fc.constantFrom(...'./?#&=%\\"<> +é雪abc0'.split('')),
    });
    await assertProperty(
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

describe('the last check before sending', () => {
  const connection = () => ({
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
    response: null,
    failure: null,
  });
  const member = `/api/v1/groups/${GROUP}/users/${USER}`;

  it.each([
    ['dot segments', 'DELETE', `/api/v1/groups/${GROUP}/users/..`],
    ['encoded dot segments', 'DELETE', `/api/v1/groups/${GROUP}/users/%2e%2e`],
    ['a backslash', 'DELETE', `/api/v1/groups/${GROUP}/users\\..`],
    ['another method', 'PUT', member],
    ['a longer path', 'DELETE', `${member}/x`],
    ['an empty id', 'DELETE', `/api/v1/groups/${GROUP}/users/`],
    ['an unfilled placeholder', 'DELETE', `/api/v1/groups/${GROUP}/users/{userId}`],
  ])('stops %s', async (_what, method, path) => {
    server.seen.length = 0;
    const request = { method, url: server.origin + path, headers: {} };
    const sending = exchange(connection(), scope('DELETE', member), request);
    expect(await failureOf(sending)).toMatchObject({
      fields: { code: 'malformed', status: null, ambiguous: false },
    });
    expect(server.seen).toEqual([]);
  });

  it('allows the approved request with any query', async () => {
    const request = { method: 'delete', url: `${server.origin}${member}?x=/../`, headers: {} };
    expect((await exchange(connection(), scope('DELETE', member), request)).status).toBe(200);
  });
});
