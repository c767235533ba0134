import { generateKeyPairSync } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GoogleAccount } from '../../emulators/google/model.ts';
import { startEmulators } from '../../emulators/start.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import { googleCalls, googleForm, postForm, serviceAccountOf } from '../support/account-calls.ts';
import { caller } from '../support/vendor-calls.ts';
import type { PlainAnswer, PlainCall } from '../support/vendor-calls.ts';

const USERS = '/admin/directory/v1/users';
const READ_ONLY = 'https://www.googleapis.com/auth/admin.directory.user.readonly';
let emulators: RunningEmulators;
let google: PlainCall;
let user: GoogleAccount;

beforeAll(async () => {
  emulators = await startEmulators({ users: 80 });
  user = emulators.google.users.all.at(-1)!;
});
beforeEach(async () => {
  Object.assign(emulators.google.settings, { protectAdministrators: false, tokenLifetimeS: 3599 });
  user.suspended = false;
  google = await googleCalls(emulators.document);
});
afterAll(() => emulators.close());

const failure = (code: number, reason: string, message: string | RegExp) => {
  const said = message instanceof RegExp ? (expect.stringMatching(message) as string) : message;
  return { error: { code, message: said, errors: [{ message: said, domain: 'global', reason }] } };
};
const ask = (changes: Record<string, unknown>, key?: string): Promise<PlainAnswer> =>
  postForm(`${emulators.document.google}/token`, googleForm(emulators.document, changes, key));

describe('the key file', () => {
  it('is a service account readable by its owner only, and is removed with the emulators', async () => {
    const brief = await startEmulators({ profile: 'empty', log: null });
    const { googleServiceAccountFile: file, google: origin } = brief.document;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(serviceAccountOf(brief.document)).toMatchObject({
      type: 'service_account',
      token_uri: `${origin}/token`,
      private_key: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----\n/) as string,
      client_email: expect.stringMatching(/\.iam\.gserviceaccount\.com$/) as string,
    });
    await brief.close();
    expect(existsSync(file)).toBe(false);
  });
});

describe('the token endpoint', () => {
  it('accepts an assertion signed by the service account', async () => {
    const { status, body } = await ask({});
    const access_token = expect.stringMatching(/^ya29\./) as string;
    expect({ status, body }).toEqual({
      status: 200,
      body: { access_token, expires_in: 3599, token_type: 'Bearer' },
    });
  });

  const now = Math.floor(Date.now() / 1000);
  it.each([
    [
      'another audience',
      { aud: 'https://oauth2.googleapis.com/token' },
      'invalid_grant',
      /audience/,
    ],
    ['an expired assertion', { iat: now - 7200, exp: now - 3600 }, 'invalid_grant', /short-lived/],
    [
      'an assertion with too long a lifetime',
      { exp: now + 86_400 },
      'invalid_grant',
      /short-lived/,
    ],
    ['another issuer', { iss: 'nobody@elsewhere.invalid' }, 'invalid_grant', /account not found/],
    [
      'an unknown subject',
      { sub: 'nobody@northwind.example' },
      'invalid_grant',
      /Invalid email or User ID/,
    ],
    ['no scope', { scope: '' }, 'invalid_scope', /scope/],
    [
      'a scope that was not delegated',
      { scope: 'https://mail.google.com/' },
      'unauthorized_client',
      /not authorized/,
    ],
  ])('refuses %s', async (_, changes, error, description) => {
    expect((await ask(changes)).body).toMatchObject({
      error,
      error_description: expect.stringMatching(description) as string,
    });
  });

  it('refuses the signature of another key, and a malformed token', async () => {
    const stranger = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    expect(await ask({}, stranger.privateKey)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' },
    });
    const { grant_type = '' } = googleForm(emulators.document);
    const url = `${emulators.document.google}/token`;
    expect((await postForm(url, { grant_type, assertion: 'x.y.z' })).body).toMatchObject({
      error: 'invalid_grant',
    });
    expect((await postForm(url, { grant_type: 'password' })).body).toMatchObject({
      error: 'unsupported_grant_type',
    });
  });
});

describe('tokens', () => {
  it.each([
    ['none', '', 'required'],
    ['an unknown one', 'Bearer ya29.made-up', 'authError'],
  ])('%s is refused', async (_, header, reason) => {
    const answer = await caller(emulators.document.google, header)('GET', `${USERS}/${user.id}`);
    expect(answer).toMatchObject({
      status: 401,
      body: { error: { code: 401, errors: [{ reason }] } },
    });
  });

  it('expire', async () => {
    emulators.google.tokens.expire();
    expect((await google('GET', `${USERS}/${user.id}`)).body).toMatchObject({
      error: { code: 401 },
    });
  });

  it('are valid only for their requested scopes', async () => {
    const reader = await googleCalls(emulators.document, { scope: READ_ONLY });
    expect((await reader('GET', `${USERS}/${user.id}`)).status).toBe(200);
    expect(await reader('PATCH', `${USERS}/${user.id}`, { suspended: true })).toMatchObject({
      status: 403,
      body: failure(403, 'insufficientPermissions', /scopes/),
    });
    expect(user.suspended).toBe(false);
  });

  it('of a user without a role, or of the service account alone, give no access', async () => {
    for (const sub of [user.primaryEmail, undefined]) {
      const other = await googleCalls(emulators.document, { sub });
      const denied = failure(403, 'forbidden', 'Not Authorized to access this resource/api');
      expect(await other('GET', `${USERS}/${user.id}`)).toMatchObject({
        status: 403,
        body: denied,
      });
    }
  });
});

describe('users', () => {
  it('are read by id, address and alias', async () => {
    for (const key of [user.id, user.primaryEmail, user.aliases[0]!]) {
      const { status, body } = await google('GET', `${USERS}/${encodeURIComponent(key)}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        kind: 'admin#directory#user',
        id: user.id,
        primaryEmail: user.primaryEmail,
        suspended: false,
        isAdmin: false,
        aliases: user.aliases,
        emails: [{ address: user.primaryEmail, primary: true }, { address: user.aliases[0] }],
      });
    }
    expect(user.id).toMatch(/^\d{21}$/);
    const { body } = await google('GET', `${USERS}/${user.id}?fields=id,suspended,emails(address)`);
    expect(Object.keys(body as object)).toEqual(['id', 'suspended', 'emails']);
  });

  it('that do not exist are reported as in Google', async () => {
    const answer = await google('GET', `${USERS}/nobody@northwind.example`);
    expect(answer).toMatchObject({
      status: 404,
      body: failure(404, 'notFound', 'Resource Not Found: userKey'),
    });
  });

  it('are suspended and restored, with the changed account as the response', async () => {
    const answer = await google('PATCH', `${USERS}/${user.id}`, { suspended: true });
    expect(answer).toMatchObject({
      status: 200,
      body: { id: user.id, suspended: true, suspensionReason: 'ADMIN' },
    });
    expect(emulators.log.entries.at(-1)).toMatchObject({
      vendor: 'google',
      operation: 'users:update',
      accepted: true,
      effect: { user: user.id, suspended: true },
    });
    const restored = await google('PATCH', `${USERS}/${user.primaryEmail}`, { suspended: false });
    expect(restored.body).toMatchObject({ suspended: false });
    expect(restored.body).not.toHaveProperty('suspensionReason');
    expect((await google('PATCH', `${USERS}/${user.id}`, { suspended: 'yes' })).status).toBe(400);
    expect((await google('PATCH', `${USERS}/${user.id}`, '{"sus')).body).toMatchObject(
      failure(400, 'parseError', 'Parse Error'),
    );
  });

  it('who are administrators are protected if so configured', async () => {
    emulators.google.settings.protectAdministrators = true;
    const admin = emulators.google.users.all.find(({ isAdmin }) => isAdmin)!;
    expect(await google('PATCH', `${USERS}/${admin.id}`, { suspended: true })).toMatchObject({
      status: 403,
      body: failure(403, 'forbidden', 'Not Authorized to access this resource/api'),
    });
    expect((await google('PATCH', `${USERS}/${user.id}`, { suspended: true })).status).toBe(200);
  });

  it('are listed page by page, and found by address', async () => {
    const ids: string[] = [];
    let token: string | undefined = '';
    while (token !== undefined) {
      const { body } = await google(
        'GET',
        `${USERS}?customer=my_customer&maxResults=9&pageToken=${token}`,
      );
      const page = body as { users: { id: string }[]; nextPageToken?: string };
      ids.push(...page.users.map(({ id }) => id));
      token = page.nextPageToken;
    }
    expect(ids).toEqual(emulators.google.users.all.map(({ id }) => id));
    const query = encodeURIComponent(`email:${user.primaryEmail}`);
    const { body } = await google('GET', `${USERS}?customer=my_customer&query=${query}`);
    expect((body as { users: unknown[] }).users).toMatchObject([{ id: user.id }]);
    expect((await google('GET', USERS)).status).toBe(400);
    expect((await google('GET', `${USERS}?customer=my_customer&pageToken=stale`)).status).toBe(400);
  });
});

it('answers unknown requests with a page', async () => {
  expect(await google('GET', '/admin/directory/v1/devices')).toMatchObject({ status: 404 });
});
