import { afterEach, describe, expect, it } from 'vitest';
import { MemoryGrants } from '../support/grants.ts';
import { context, failureOf, GROUP, harness, policy, PRINCIPAL, USER } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { PolicyBundle } from '../../../../src/governance/types.ts';
import type { Reply } from '../support/server.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

const EVERYTHING: PolicyBundle = {
  ok: true,
  digest: 'e'.repeat(64),
  policies: [policy({ connector: 'okta', operations: ['*:*'], riskMax: 'CRITICAL' })],
};
const APP = '0oaAAAAAAAAAAAAAAAAA';
const SECRET = 'canaryLink42';

/** Calls with an empty response. */
const SILENT: Record<string, object> = {
  'users:activate': { userId: USER, sendEmail: false },
  'users:deactivate': { userId: USER },
  'users:suspend': { userId: USER },
  'users:unsuspend': { userId: USER },
  'users:reset_password': { userId: USER, sendEmail: false },
  'users:expire_password': { userId: USER },
  'users:clear_sessions': { userId: USER },
  'groups:delete': { groupId: GROUP },
  'groups:add_member': { groupId: GROUP, userId: USER },
  'groups:remove_member': { groupId: GROUP, userId: USER },
  'apps:remove_user': { appId: APP, userId: USER },
};

async function call(operation: string, input: object, reply: Reply) {
  const server = await servers.start(() => reply);
  const grants = new MemoryGrants();
  const { connectors, journal } = harness(server.origin, {
    bundle: () => EVERYTHING,
    grants,
    timeoutMs: 2000,
  });
  const grant = grants.give({ connector: 'okta', operation, input, principal: PRINCIPAL });
  return { journal, answered: connectors.okta(operation, input as never, context({ grant })) };
}

const SUCCESSES: [string, Reply][] = [
  ['204', { status: 204 }],
  ['200 without a body', { status: 200 }],
  ['{}', { json: {} }],
  [
    'links and tokens',
    {
      json: {
        activationUrl: SECRET,
        activationToken: SECRET,
        resetPasswordUrl: SECRET,
        tempPassword: SECRET,
      },
    },
  ],
  [
    'the user with credentials',
    { json: { id: USER, credentials: { password: { value: SECRET } } } },
  ],
];
const LOST: [string, Reply][] = [
  ['HTML with 200', { text: '<html>', headers: { 'content-type': 'text/html' } }],
  ['a list', { json: [] }],
  ['text', { json: 'ok' }],
  ['half an object', { text: '{"id":' }],
  ['a cut connection', { cut: 'before' }],
  ['a 503', { status: 503, json: { errorCode: 'E0000009' } }],
  ['a 423', { status: 423, json: { errorCode: 'E0000239' } }],
  ['a redirect', { status: 302, headers: { location: '/login' } }],
];

describe.each(Object.entries(SILENT))('%s', (operation, input) => {
  it('accepts every form of success of Okta, and returns none of the body', async () => {
    for (const [what, reply] of SUCCESSES) {
      const { journal, answered } = await call(operation, input, reply);
      const result = await answered;
      expect([what, result.output, journal.kinds]).toEqual([
        what,
        null,
        ['action.started', 'action.succeeded'],
      ]);
      expect(JSON.stringify([result, journal.drafts])).not.toContain(SECRET);
    }
  });

  it('is ambiguous if the response does not show the outcome', async () => {
    for (const [what, reply] of LOST) {
      const { journal, answered } = await call(operation, input, reply);
      const { fields } = (await failureOf(answered)) as ConnectorError;
      expect([what, fields.ambiguous, journal.kinds]).toEqual([
        what,
        true,
        ['action.started', 'action.unknown'],
      ]);
    }
  });

  it.each([
    ['a state that forbids it', 403, 'E0000038', 'conflict'],
    ['a user who is already active', 403, 'E0000016', 'conflict'],
    ['a failed validation', 400, 'E0000001', 'invalid'],
    ['a missing object', 404, 'E0000007', 'not_found'],
    ['no permission', 403, 'E0000006', 'forbidden'],
    ['no permission, with 401', 401, 'E0000015', 'forbidden'],
  ])('has definitely failed with %s', async (_, status, errorCode, code) => {
    const { journal, answered } = await call(operation, input, {
      status,
      json: { errorCode, errorSummary: SECRET },
    });
    const error = (await failureOf(answered)) as ConnectorError;
    expect(error.fields).toMatchObject({ code, vendorCode: errorCode, ambiguous: false });
    expect(journal.kinds).toEqual(['action.started', 'action.failed']);
    expect(JSON.stringify([error.fields, error.message, journal.drafts])).not.toContain(SECRET);
  });
});

describe('writes that return an object', () => {
  const USER_ANSWER = { id: USER, status: 'STAGED', profile: { login: 'x', mobilePhone: SECRET } };
  const WRITES: [string, object, object][] = [
    ['users:create', { profile: { login: 'x', email: 'x@y.example' } }, USER_ANSWER],
    ['users:update', { userId: USER, mode: 'merge', profile: { title: 'x' } }, USER_ANSWER],
    ['groups:create', { name: 'g' }, { id: GROUP, profile: { name: 'g', secret: SECRET } }],
    ['groups:update', { groupId: GROUP, name: 'g' }, { id: GROUP, profile: { name: 'g' } }],
    [
      'apps:assign_user',
      { appId: APP, userId: USER },
      { id: USER, credentials: { password: { value: SECRET } } },
    ],
  ];

  it.each(WRITES)('%s: returns the listed fields of the object', async (operation, input, json) => {
    const { answered, journal } = await call(operation, input, { json });
    const { output } = await answered;
    expect(output).toMatchObject({ id: (json as { id: string }).id });
    expect(JSON.stringify([output, journal.drafts])).not.toContain(SECRET);
  });

  it.each(WRITES)(
    '%s: is ambiguous after a response without the object',
    async (operation, input) => {
      for (const reply of [
        { json: {} },
        { status: 204 },
        { text: '<html>' },
        { cut: 'before' as const },
      ]) {
        const { answered, journal } = await call(operation, input, reply);
        expect(((await failureOf(answered)) as ConnectorError).fields.ambiguous).toBe(true);
        expect(journal.kinds).toEqual(['action.started', 'action.unknown']);
      }
    },
  );

  it.each(WRITES.filter(([operation]) => !operation.endsWith(':create')))(
    '%s: is ambiguous after a response about another object',
    async (operation, input, json) => {
      const other = (json as { id: string }).id.replace(/A$/, 'B');
      const { answered } = await call(operation, input, { json: { ...json, id: other } });
      expect(((await failureOf(answered)) as ConnectorError).fields).toMatchObject({
        code: 'malformed',
        ambiguous: true,
      });
    },
  );
});

describe('passwords', () => {
  it('cannot be set', async () => {
    for (const more of [
      { credentials: { password: 'x' } },
      { password: 'x' },
      { tempPassword: true },
    ]) {
      const { answered, journal } = await call(
        'users:create',
        { profile: { login: 'x' }, ...more },
        { json: {} },
      );
      expect(await failureOf(answered)).toMatchObject({ name: 'InvalidArgumentError' });
      expect(journal.kinds).toEqual(['action.denied']);
    }
  });
});
