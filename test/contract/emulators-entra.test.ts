import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MFA_GROUP } from '../../emulators/demo/accounts.ts';
import type { EntraAccount, EntraGroup } from '../../emulators/entra/model.ts';
import { startEmulators } from '../../emulators/start.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import { entraCalls, entraForm, entraTokenUrl, postForm } from '../support/account-calls.ts';
import { caller } from '../support/vendor-calls.ts';
import type { PlainCall } from '../support/vendor-calls.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
let emulators: RunningEmulators;
let graph: PlainCall;
let admin: EntraAccount;
let user: EntraAccount;
let group: EntraGroup;

beforeAll(async () => {
  emulators = await startEmulators({ users: 80 });
  const { users, groups } = emulators.entra;
  admin = users.all.find(({ roles }) => roles.length > 0)!;
  user = users.all.at(-1)!;
  group = groups.all.find(({ displayName }) => displayName === MFA_GROUP)!;
});
beforeEach(async () => {
  Object.assign(emulators.entra.settings, { replicationMs: 0, appRoles: [], tokenLifetimeS: 3599 });
  user.accountEnabled = true;
  group.members.clear();
  graph = await entraCalls(emulators.document);
});
afterAll(() => emulators.close());

const failure = (code: string, message: RegExp | string) => ({
  error: {
    code,
    message: message instanceof RegExp ? (expect.stringMatching(message) as string) : message,
    innerError: {
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string,
      'request-id': expect.stringMatching(GUID) as string,
      'client-request-id': expect.stringMatching(GUID) as string,
    },
  },
});

describe('the token endpoint', () => {
  it('issues a bearer token for an hour', async () => {
    const { status, body } = await postForm(
      entraTokenUrl(emulators.document),
      entraForm(emulators.document),
    );
    expect(status).toBe(200);
    const access_token = expect.stringMatching(/^eyJ0eXAi/) as string;
    expect(body).toEqual({
      token_type: 'Bearer',
      expires_in: 3599,
      ext_expires_in: 3599,
      access_token,
    });
  });

  it.each([
    ['a wrong secret', { client_secret: 'nope' }, 401, 'invalid_client', 7000215],
    ['no secret', { client_secret: '' }, 401, 'invalid_client', 7000216],
    ['another app', { client_id: 'nobody' }, 400, 'unauthorized_client', 700016],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    [
      'a single scope',
      { scope: 'https://graph.microsoft.com/User.Read.All' },
      400,
      'invalid_scope',
      1002012,
    ],
    ['no scope', { scope: '' }, 400, 'invalid_request', 90014],
  ])('refuses %s', async (_, changes, status, error, number) => {
    const form = { ...entraForm(emulators.document), ...changes };
    const answer = await postForm(entraTokenUrl(emulators.document), form);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      error,
      error_description: expect.stringMatching(
        new RegExp(`^AADSTS${number}: .* Trace ID: `),
      ) as string,
      error_codes: [number],
    });
  });

  it('accepts only its own tenant', async () => {
    const url = entraTokenUrl(emulators.document).replace(
      emulators.document.tokens.entraTenantId,
      'elsewhere',
    );
    expect((await postForm(url, entraForm(emulators.document))).body).toMatchObject({
      error_codes: [90002],
    });
  });
});

describe('tokens', () => {
  it.each([
    ['none', '', 'Access token is empty.'],
    ['an unknown one', 'Bearer made-up', /^CompactToken parsing failed/],
  ])('%s is refused', async (_, header, message) => {
    const answer = await caller(emulators.document.entraGraph, header)('GET', '/v1.0/users');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(answer.body).toEqual(failure('InvalidAuthenticationToken', message));
  });

  it('expire after the configured time, and all at once on request', async () => {
    emulators.entra.tokens.expire();
    const expired = failure(
      'InvalidAuthenticationToken',
      'Lifetime validation failed, the token is expired.',
    );
    expect(await graph('GET', '/v1.0/users')).toMatchObject({ status: 401, body: expired });
    emulators.entra.settings.tokenLifetimeS = 0;
    const late = await entraCalls(emulators.document);
    expect(await late('GET', '/v1.0/users')).toMatchObject({ status: 401, body: expired });
  });
});

describe('users', () => {
  it("are read by id, in any case, and by principal name, with Graph's default fields", async () => {
    const name = encodeURIComponent(user.userPrincipalName);
    for (const key of [user.id, user.id.toUpperCase(), name]) {
      const { status, body } = await graph('GET', `/v1.0/users/${key}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        id: user.id,
        userPrincipalName: user.userPrincipalName,
        businessPhones: [],
      });
      expect(body).not.toHaveProperty('accountEnabled');
    }
  });

  it('show only the selected fields', async () => {
    const { body } = await graph('GET', `/v1.0/users/${user.id}?$select=id,accountEnabled`);
    const context = `${emulators.document.entraGraph}/v1.0/$metadata#users/$entity`;
    expect(body).toEqual({ '@odata.context': context, id: user.id, accountEnabled: true });
    const unknown = await graph('GET', `/v1.0/users/${user.id}?$select=shoeSize`);
    expect(unknown.body).toEqual(
      failure('BadRequest', /Could not find a property named 'shoeSize'/),
    );
  });

  it('that do not exist are reported as in Graph', async () => {
    const nobody = '00000000-0000-4000-a000-000000000000';
    expect(await graph('GET', `/v1.0/users/${nobody}`)).toMatchObject({
      status: 404,
      body: failure('Request_ResourceNotFound', new RegExp(`^Resource '${nobody}' does not exist`)),
    });
  });

  it('are listed page by page, and found by a filter', async () => {
    const ids: string[] = [];
    let url: string | undefined = '/v1.0/users?$select=id&$top=7';
    while (url !== undefined) {
      const { body } = await graph('GET', url);
      const page = body as { value: { id: string }[]; '@odata.nextLink'?: string };
      ids.push(...page.value.map(({ id }) => id));
      url = page['@odata.nextLink'];
      if (url !== undefined) expect(url).toMatch(/\$select=id&\$top=7&\$skiptoken=/);
    }
    expect(ids).toEqual(emulators.entra.users.all.map(({ id }) => id));
    const filter = encodeURIComponent(`mail eq '${user.userPrincipalName.toUpperCase()}'`);
    expect((await graph('GET', `/v1.0/users?$filter=${filter}`)).body).toMatchObject({
      value: [{ id: user.id }],
    });
    expect((await graph('GET', '/v1.0/users?$top=1000')).status).toBe(400);
    expect((await graph('GET', '/v1.0/users?$skiptoken=stale')).body).toMatchObject({
      error: { code: 'Directory_ExpiredPageToken' },
    });
  });

  it('are blocked and unblocked, with an empty response', async () => {
    const answer = await graph('PATCH', `/v1.0/users/${user.id}`, { accountEnabled: false });
    expect(answer).toMatchObject({ status: 204, body: undefined });
    expect(user.accountEnabled).toBe(false);
    expect(emulators.log.entries.at(-1)).toMatchObject({
      vendor: 'entra',
      operation: 'users:update',
      write: true,
      accepted: true,
      status: 204,
      effect: { user: user.id, accountEnabled: false },
    });
    await graph('PATCH', `/v1.0/users/${user.id}`, { accountEnabled: true });
    expect(user.accountEnabled).toBe(true);
    expect((await graph('PATCH', `/v1.0/users/${user.id}`, { accountEnabled: 'no' })).status).toBe(
      400,
    );
    expect((await graph('PATCH', `/v1.0/users/${user.id}`, '{"acc')).status).toBe(400);
  });

  it('who are administrators need a role that the app does not have by default', async () => {
    const denied = failure(
      'Authorization_RequestDenied',
      'Insufficient privileges to complete the operation.',
    );
    const block = () => graph('PATCH', `/v1.0/users/${admin.id}`, { accountEnabled: false });
    expect(await block()).toMatchObject({ status: 403, body: denied });
    expect(admin.accountEnabled).toBe(true);
    emulators.entra.settings.appRoles = ['Privileged Authentication Administrator'];
    expect((await block()).status).toBe(204);
    expect(admin.accountEnabled).toBe(false);
  });

  it('have their sessions revoked', async () => {
    const { status, body } = await graph('POST', `/v1.0/users/${user.id}/revokeSignInSessions`, {});
    expect({ status, body }).toMatchObject({ status: 200, body: { value: true } });
    expect(Date.parse(user.signInSessionsValidFromDateTime)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('cannot be changed without the permission', async () => {
    const { permissions } = emulators.entra.settings;
    emulators.entra.settings.permissions = ['User.Read.All'];
    const answer = await graph('PATCH', `/v1.0/users/${user.id}`, { accountEnabled: false });
    emulators.entra.settings.permissions = permissions;
    expect(answer).toMatchObject({
      status: 403,
      body: { error: { code: 'Authorization_RequestDenied' } },
    });
    expect(user.accountEnabled).toBe(true);
  });
});

describe('groups', () => {
  const members = async (): Promise<string[]> => {
    const { body } = await graph('GET', `/v1.0/groups/${group.id}/members?$select=id&$top=999`);
    return (body as { value: { id: string }[] }).value.map(({ id }) => id);
  };
  const add = (id: string) => {
    const reference = {
      '@odata.id': `${emulators.document.entraGraph}/v1.0/directoryObjects/${id}`,
    };
    return graph('POST', `/v1.0/groups/${group.id}/members/$ref`, reference);
  };
  const remove = (id: string) => graph('DELETE', `/v1.0/groups/${group.id}/members/${id}/$ref`);

  it('are listed, found by name and read', async () => {
    const named = { id: group.id, displayName: MFA_GROUP, securityEnabled: true };
    const filter = encodeURIComponent(`displayName eq '${MFA_GROUP}'`);
    expect((await graph('GET', `/v1.0/groups?$filter=${filter}`)).body).toMatchObject({
      value: [named],
    });
    expect((await graph('GET', `/v1.0/groups/${group.id}`)).body).toMatchObject(named);
    expect((await graph('GET', `/v1.0/groups/${user.id}`)).status).toBe(404);
  });

  it('accept a member once', async () => {
    expect(await add(user.id)).toMatchObject({ status: 204, body: undefined });
    expect(emulators.log.entries.at(-1)?.effect).toEqual({
      group: group.id,
      user: user.id,
      member: true,
    });
    const there =
      "One or more added object references already exist for the following modified properties: 'members'.";
    expect(await add(user.id)).toMatchObject({
      status: 400,
      body: failure('Request_BadRequest', there),
    });
    expect(await members()).toEqual([user.id]);
  });

  it('remove a member once', async () => {
    await add(user.id);
    expect((await remove(user.id)).status).toBe(204);
    expect(await remove(user.id)).toMatchObject({
      status: 404,
      body: failure('Request_ResourceNotFound', /^Resource/),
    });
    expect(await members()).toEqual([]);
  });

  it('refuse an unknown user and a malformed reference', async () => {
    expect((await add('00000000-0000-4000-a000-000000000000')).status).toBe(404);
    const odd = { '@odata.id': 'https://foreign.invalid/nowhere' };
    expect((await graph('POST', `/v1.0/groups/${group.id}/members/$ref`, odd)).status).toBe(400);
  });

  it('list their members page by page', async () => {
    for (const { id } of emulators.entra.users.all.slice(0, 5))
      emulators.entra.setMember(group, id, true);
    const first = (await graph('GET', `/v1.0/groups/${group.id}/members?$select=id&$top=3`))
      .body as {
      value: unknown[];
      '@odata.nextLink': string;
    };
    expect(first.value[0]).toEqual({
      '@odata.type': '#microsoft.graph.user',
      id: emulators.entra.users.all[0]?.id,
    });
    const { body } = await graph('GET', first['@odata.nextLink']);
    expect((body as { value: unknown[] }).value).toHaveLength(2);
    expect(body).not.toHaveProperty('@odata.nextLink');
  });

  it('show changes to reads only after a delay, and to writes at once', async () => {
    emulators.entra.settings.replicationMs = 60_000;
    await add(user.id);
    expect(await members()).toEqual([]);
    expect((await add(user.id)).status).toBe(400);
    group.members.set(user.id, { present: true, changedAt: Date.now() - 60_000 });
    expect(await members()).toEqual([user.id]);
    await remove(user.id);
    expect(await members()).toEqual([user.id]);
  });
});

it('answers unknown requests as Graph does', async () => {
  const answer = await graph('GET', '/v1.0/devices');
  expect(answer).toMatchObject({
    status: 400,
    body: failure('BadRequest', "Resource not found for the segment 'devices'."),
  });
});
