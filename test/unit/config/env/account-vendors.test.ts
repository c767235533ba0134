import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  accountVendor,
  accountVendorProblems,
  accountVendors,
} from '../../../../src/config/env/account-vendors.ts';
import { readEnv } from '../../../../src/config/env/env.ts';
import { ConfigError } from '../../../../src/config/errors.ts';
import { directoryWith } from '../../../support/config.ts';

const CANARY = 'canary00aBcDeFsEcReT';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const KEY_FILE = {
  type: 'service_account',
  project_id: 'p',
  private_key_id: 'k1',
  private_key: rsa,
  client_email: 'robot@p.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
};

const read = (env: Record<string, string>, keyFile: unknown = KEY_FILE) => {
  const cwd = directoryWith({
    'key.json': typeof keyFile === 'string' ? keyFile : JSON.stringify(keyFile),
  });
  return readEnv({ env, cwd, userHome: cwd });
};

const ENTRA = {
  ENTRA_TENANT_ID: 'northwind.example',
  ENTRA_CLIENT_ID: '11111111-2222-3333-4444-555555555555',
  ENTRA_CLIENT_SECRET: CANARY,
};
const GOOGLE = {
  GOOGLE_SERVICE_ACCOUNT_FILE: 'key.json',
  GOOGLE_ADMIN_SUBJECT: 'admin@northwind.example',
};
const SALESFORCE = {
  SALESFORCE_LOGIN_URL: 'https://northwind.my.salesforce.com/',
  SALESFORCE_CLIENT_ID: '3MVG9abcdefgh',
  SALESFORCE_CLIENT_SECRET: CANARY,
};
const EMAIL = {
  SMTP_URL: `smtps://robot:${CANARY}@mail.example`,
  SMTP_FROM: 'arx@northwind.example',
};

function problemOf(env: Record<string, string>, keyFile?: unknown): ConfigError {
  try {
    accountVendors(read(env, keyFile));
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new TypeError('expected a ConfigError');
}

describe('accountVendors', () => {
  it('returns no vendors if nothing is set', () => {
    expect(Object.values(accountVendors(read({}))).filter(Boolean)).toEqual([]);
  });

  it('reads all of them, with the default addresses', () => {
    const { entra, google, salesforce, email } = accountVendors(
      read({ ...ENTRA, ...GOOGLE, ...SALESFORCE, ...EMAIL }),
    );
    expect(entra).toMatchObject({
      tenantId: 'northwind.example',
      loginUrl: 'https://login.microsoftonline.com',
      graphUrl: 'https://graph.microsoft.com',
    });
    expect(entra?.clientSecret.reveal()).toBe(CANARY);
    expect(google).toMatchObject({
      clientEmail: KEY_FILE.client_email,
      keyId: 'k1',
      tokenUri: KEY_FILE.token_uri,
      subject: 'admin@northwind.example',
      adminUrl: 'https://admin.googleapis.com',
    });
    expect(google?.privateKey.reveal()).toBe(rsa);
    expect(salesforce).toMatchObject({
      loginUrl: 'https://northwind.my.salesforce.com',
      clientId: '3MVG9abcdefgh',
    });
    expect(email).toMatchObject({
      host: 'mail.example',
      port: 465,
      secure: true,
      plain: false,
      from: 'arx@northwind.example',
    });
    expect(email?.login?.password.reveal()).toBe(CANARY);
    const shown =
      inspect([entra, google, salesforce, email], { depth: 9, showHidden: true }) +
      JSON.stringify([entra, google, salesforce, email]);
    expect(shown).not.toMatch(/canary|BEGIN PRIVATE/);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'Entra ID',
      { ENTRA_TENANT_ID: 'x.example' },
      /Entra ID is only partly configured: ENTRA_CLIENT_ID and ENTRA_CLIENT_SECRET are not set/,
    ],
    [
      'Entra ID with only an address',
      { ENTRA_GRAPH_URL: 'https://graph.microsoft.us' },
      /ENTRA_TENANT_ID and ENTRA_CLIENT_ID/,
    ],
    [
      'Google Workspace',
      { GOOGLE_ADMIN_SUBJECT: 'a@b.example' },
      /GOOGLE_SERVICE_ACCOUNT_FILE is not set/,
    ],
    [
      'Salesforce',
      { SALESFORCE_CLIENT_SECRET: CANARY },
      /SALESFORCE_LOGIN_URL and SALESFORCE_CLIENT_ID are not set/,
    ],
    [
      'mail',
      { SMTP_URL: 'smtps://mail.example' },
      /mail is only partly configured: SMTP_FROM is not set/,
    ],
  ])('names what is missing for %s', (_what, env, message) => {
    const error = problemOf(env);
    expect(error).toMatchObject({ code: 'incomplete_settings' });
    expect(error.message).toMatch(message);
    expect(inspect(error)).not.toContain(CANARY);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'plain http',
      { ...ENTRA, ENTRA_GRAPH_URL: 'http://graph.example' },
      'ENTRA_GRAPH_URL uses plain http',
    ],
    [
      'a path',
      { ...ENTRA, ENTRA_LOGIN_URL: 'https://login.example/tenant' },
      'ENTRA_LOGIN_URL has a path',
    ],
    [
      'a user name in the address',
      { ...SALESFORCE, SALESFORCE_LOGIN_URL: `https://a:${CANARY}@x.example` },
      'SALESFORCE_LOGIN_URL contains a user name',
    ],
    [
      'the common tenant',
      { ...ENTRA, ENTRA_TENANT_ID: 'common' },
      'ENTRA_TENANT_ID does not name a single tenant',
    ],
    [
      'a tenant with a path',
      { ...ENTRA, ENTRA_TENANT_ID: '../x' },
      'ENTRA_TENANT_ID is neither an id nor a domain',
    ],
    [
      'an invalid client id',
      { ...ENTRA, ENTRA_CLIENT_ID: CANARY },
      'ENTRA_CLIENT_ID is not an application id',
    ],
    [
      'an invalid subject',
      { ...GOOGLE, GOOGLE_ADMIN_SUBJECT: 'admin' },
      'GOOGLE_ADMIN_SUBJECT is not an e-mail address',
    ],
    [
      'no file',
      { ...GOOGLE, GOOGLE_SERVICE_ACCOUNT_FILE: 'other.json' },
      'GOOGLE_SERVICE_ACCOUNT_FILE names a file that cannot be read',
    ],
    [
      'a sender with a line break',
      { ...EMAIL, SMTP_FROM: 'a@b.example\nBcc: x@y.example' },
      'SMTP_FROM is not an e-mail address',
    ],
  ])('refuses %s', (_what, env, message) => {
    const error = problemOf(env);
    expect(error.code).toBe('invalid_variable');
    expect(error.message).toContain(message);
    expect(inspect(error)).not.toContain(CANARY);
  });

  it.each<[string, unknown, RegExp]>([
    ['invalid JSON', `{"private_key": "${CANARY}`, /does not contain a JSON object/],
    ['a list', [CANARY], /does not contain a JSON object/],
    ['no key', { ...KEY_FILE, private_key: undefined }, /without a usable private_key/],
    [
      'a user’s credentials',
      { type: 'authorized_user', refresh_token: CANARY },
      /client_email, private_key, token_uri/,
    ],
    [
      'an invalid key',
      {
        ...KEY_FILE,
        private_key: `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`,
      },
      /not an RSA key/,
    ],
    ['another kind of key', { ...KEY_FILE, private_key: ec }, /not an RSA key/],
    [
      'a token address with plain http',
      { ...KEY_FILE, token_uri: `http://${CANARY}.example/token` },
      /token_uri uses plain http/,
    ],
    [
      'a token address with a login',
      { ...KEY_FILE, token_uri: `https://a:${CANARY}@x.example/token` },
      /token_uri contains a user name/,
    ],
    ['too much content', `"${CANARY.repeat(4_000)}"`, /cannot be read/],
  ])('refuses a key file with %s, and does not quote it', (_what, keyFile, message) => {
    const error = problemOf(GOOGLE, keyFile);
    expect(error.message).toMatch(message);
    expect(inspect(error) + error.remedy).not.toMatch(/canary|BEGIN|MII/);
  });

  it.each<[string, object]>([
    [
      'smtp://robot:p%40ss%2Fword@mail.example',
      { host: 'mail.example', port: 587, secure: false, plain: false },
    ],
    ['smtp://mail.example:25', { port: 25, login: null, plain: false }],
    ['smtp://127.0.0.1:1025', { host: '127.0.0.1', port: 1025, plain: true }],
    ['smtp://LOCALHOST', { host: 'localhost', plain: true }],
    ['smtp://[::1]:25', { host: '::1', plain: true }],
    ['smtps://127.0.0.1', { port: 465, secure: true, plain: false }],
  ])('reads %s', (address, expected) => {
    const email = accountVendor(read({ ...EMAIL, SMTP_URL: address }), 'email');
    expect(email).toMatchObject(expected);
    if (address.includes('%40')) expect(email?.login?.password.reveal()).toBe('p@ss/word');
  });

  it.each([
    ...[
      'https://mail.example',
      'mail.example:587',
      'smtp://',
      `smtp://robot:${CANARY}@mail.example/path`,
    ],
    ...[
      `smtp://robot@mail.example`,
      `smtp://:${CANARY}@mail.example`,
      `smtp://a:${CANARY}%0d%0aX@mail.example`,
    ],
    ...[
      `smtp://a:${CANARY}%zz@mail.example`,
      `smtp://a:${CANARY}@mail.example?x=y`,
      `smtp://a b:${CANARY}@mail.example`,
    ],
  ])('refuses %s', (address) => {
    const error = problemOf({ ...EMAIL, SMTP_URL: address });
    expect(error.message).toMatch(/^SMTP_URL /);
    expect(inspect(error) + error.remedy).not.toContain(CANARY);
  });

  it('lists the problems by vendor, and ignores unused vendors', () => {
    const env = read({ ENTRA_TENANT_ID: 'x.example', ...EMAIL });
    expect(accountVendorProblems(env, 'entra').map(({ code }) => code)).toEqual([
      'incomplete_settings',
    ]);
    expect(
      (['google', 'salesforce', 'email'] as const).flatMap((vendor) =>
        accountVendorProblems(env, vendor),
      ),
    ).toEqual([]);
  });
});
