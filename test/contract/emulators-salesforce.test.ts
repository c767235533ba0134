import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SalesforceAccount } from '../../emulators/salesforce/model.ts';
import { startEmulators } from '../../emulators/start.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import { postForm, salesforceCalls, salesforceForm } from '../support/account-calls.ts';
import { caller } from '../support/vendor-calls.ts';
import type { PlainAnswer, PlainCall } from '../support/vendor-calls.ts';

const RECORDS = '/services/data/v62.0/sobjects/User';
let emulators: RunningEmulators;
let salesforce: PlainCall;
let user: SalesforceAccount;

beforeAll(async () => {
  emulators = await startEmulators({ users: 80 });
  user = emulators.salesforce.users.all.at(-1)!;
});
beforeEach(async () => {
  Object.assign(emulators.salesforce.settings, {
    licences: null,
    instanceUrl: null,
    tokenLifetimeS: 7200,
  });
  user.active = true;
  salesforce = await salesforceCalls(emulators.document);
});
afterAll(() => emulators.close());

const query = (soql: string, version = 'v62.0'): Promise<PlainAnswer> =>
  salesforce('GET', `/services/data/${version}/query?q=${encodeURIComponent(soql)}`);
const token = (changes: Record<string, string>): Promise<PlainAnswer> =>
  postForm(`${emulators.document.salesforce}/services/oauth2/token`, {
    ...salesforceForm(emulators.document),
    ...changes,
  });

describe('the token endpoint', () => {
  it('returns a token and the address of the API, but no lifetime', async () => {
    const { status, body } = await token({});
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^00D\w{12}!/) as string,
        instance_url: emulators.document.salesforce,
        token_type: 'Bearer',
        issued_at: expect.stringMatching(/^\d{13}$/) as string,
      },
    });
    expect(body).not.toHaveProperty('expires_in');
    emulators.salesforce.settings.instanceUrl = 'https://elsewhere.invalid';
    expect((await token({})).body).toMatchObject({ instance_url: 'https://elsewhere.invalid' });
  });

  it('accepts the app by basic authentication too', async () => {
    const { salesforceClientId, salesforceClientSecret } = emulators.document.tokens;
    const authorization = `Basic ${Buffer.from(`${salesforceClientId}:${salesforceClientSecret}`).toString('base64')}`;
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const url = `${emulators.document.salesforce}/services/oauth2/token`;
    expect((await fetch(url, { method: 'POST', headers: { authorization }, body })).status).toBe(
      200,
    );
  });

  it.each([
    ['a wrong secret', { client_secret: 'nope' }, 'invalid_client'],
    ['another app', { client_id: 'nobody' }, 'invalid_client_id'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('refuses %s', async (_, changes: Record<string, string>, error) => {
    expect(await token(changes)).toMatchObject({ status: 400, body: { error } });
  });
});

describe('tokens', () => {
  it.each([
    ['none', '', 'INVALID_AUTH_HEADER'],
    ['an unknown one', 'Bearer 00D!made-up', 'INVALID_SESSION_ID'],
  ])('%s is refused', async (_, header, errorCode) => {
    const answer = await caller(emulators.document.salesforce, header)(
      'GET',
      `${RECORDS}/${user.id}`,
    );
    expect(answer).toMatchObject({ status: 401, body: [{ errorCode }] });
  });

  it('expire', async () => {
    emulators.salesforce.tokens.expire();
    const body = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];
    expect(await query('SELECT Id FROM User')).toMatchObject({ status: 401, body });
  });
});

describe('queries', () => {
  it('find a user by id, name, address or federation id, in any version', async () => {
    const conditions = [
      `Id = '${user.id}'`,
      `Id = '${user.id.slice(0, 15)}'`,
      `Username = '${user.username.toUpperCase()}'`,
      `Email = '${user.email}' AND IsActive = true`,
      `FederationIdentifier = '${user.federationId}' OR Id = '${user.id}'`,
    ];
    for (const [index, condition] of conditions.entries()) {
      const version = index % 2 === 0 ? 'v62.0' : 'v58.0';
      const answer = await query(
        `SELECT Id, isactive, Username FROM User WHERE ${condition} LIMIT 2`,
        version,
      );
      const attributes = {
        type: 'User',
        url: `/services/data/${version}/sobjects/User/${user.id}`,
      };
      const record = { attributes, Id: user.id, IsActive: true, Username: user.username };
      expect(answer).toMatchObject({
        status: 200,
        body: { totalSize: 1, done: true, records: [record] },
      });
    }
  });

  it('treat quoted text as a literal', async () => {
    const odd = emulators.salesforce.addUser({
      username: String.raw`o'neil\smith@northwind.example`,
    });
    const escaped = odd.username.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
    expect((await query(`SELECT Id FROM User WHERE Username = '${escaped}'`)).body).toMatchObject({
      records: [{ Id: odd.id }],
    });
    expect(
      (await query(`SELECT Id FROM User WHERE Username = 'x\\' OR Id != \\'y'`)).body,
    ).toMatchObject({
      totalSize: 0,
      records: [],
    });
  });

  it('return all users, or as many as the limit allows', async () => {
    const count = emulators.salesforce.users.all.length;
    expect((await query('SELECT Id FROM User')).body).toMatchObject({ totalSize: count });
    expect((await query('SELECT Id FROM User LIMIT 3')).body).toMatchObject({ totalSize: 3 });
  });

  it.each([
    ['SELECT FROM User', 'MALFORMED_QUERY'],
    ['SELECT Id FROM User WHERE', 'MALFORMED_QUERY'],
    ["SELECT Id FROM User WHERE Username = 'a' b", 'MALFORMED_QUERY'],
    ["SELECT Id FROM User WHERE Username = 'o'neil'", 'MALFORMED_QUERY'],
    [String.raw`SELECT Id FROM User WHERE Username = '\q'`, 'MALFORMED_QUERY'],
    [
      "SELECT Id FROM User WHERE Username = 'a' AND IsActive = true OR IsActive = false",
      'MALFORMED_QUERY',
    ],
    ['SELECT Shoe FROM User', 'INVALID_FIELD'],
    ['SELECT Id FROM Shoes', 'INVALID_TYPE'],
    ["SELECT Id FROM User WHERE Id = 'short'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ['', 'MALFORMED_QUERY'],
  ])('%s is %s', async (soql, errorCode) => {
    expect(await query(soql)).toMatchObject({ status: 400, body: [{ errorCode }] });
  });

  it('refuse an unknown API version', async () => {
    expect(await query('SELECT Id FROM User', 'latest')).toMatchObject({
      status: 404,
      body: [{ errorCode: 'NOT_FOUND' }],
    });
  });
});

describe('users', () => {
  const set = (id: string, IsActive: unknown): Promise<PlainAnswer> =>
    salesforce('PATCH', `${RECORDS}/${id}`, { IsActive });

  it('are disabled and enabled, with an empty response', async () => {
    expect(await set(user.id, false)).toMatchObject({ status: 204, body: undefined });
    expect(emulators.log.entries.at(-1)).toMatchObject({
      vendor: 'salesforce',
      operation: 'users:update',
      accepted: true,
      effect: { user: user.id, active: false },
    });
    const { body } = await salesforce('GET', `${RECORDS}/${user.id}?fields=Id,IsActive`);
    expect(body).toMatchObject({ Id: user.id, IsActive: false });
    expect((await set(user.id.slice(0, 15), true)).status).toBe(204);
    expect(user.active).toBe(true);
  });

  it('who are still needed cannot be disabled', async () => {
    const owner = emulators.salesforce.users.all.find(({ needed }) => needed)!;
    const refusal = {
      errorCode: 'FIELD_INTEGRITY_EXCEPTION',
      message: expect.stringMatching(/default owner/) as string,
    };
    expect(await set(owner.id, false)).toMatchObject({ status: 400, body: [refusal] });
    expect(owner.active).toBe(true);
  });

  it('need a licence to be enabled', async () => {
    await set(user.id, false);
    emulators.salesforce.settings.licences = 1;
    expect(await set(user.id, true)).toMatchObject({
      status: 400,
      body: [{ errorCode: 'LICENSE_LIMIT_EXCEEDED' }],
    });
  });

  it.each([
    ['an unknown user', '0055gZZZZZZZZZZAAA', { IsActive: false }, 404, 'NOT_FOUND'],
    ['no id', 'short', { IsActive: false }, 400, 'MALFORMED_ID'],
    ['another column', 'USER', { Shoe: 1 }, 400, 'INVALID_FIELD'],
    ['an empty body', 'USER', {}, 400, 'JSON_PARSER_ERROR'],
    ['half a body', 'USER', '{"Is', 400, 'JSON_PARSER_ERROR'],
  ])('are not changed for %s', async (_, id, body, status, errorCode) => {
    const answer = await salesforce('PATCH', `${RECORDS}/${id === 'USER' ? user.id : id}`, body);
    expect(answer).toMatchObject({ status, body: [{ errorCode }] });
  });
});
