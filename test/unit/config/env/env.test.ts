import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeConfig } from '../../../../src/config/env/describe.ts';
import { readEnv, temporalVariables } from '../../../../src/config/env/env.ts';
import type { ArxEnv } from '../../../../src/config/env/env.ts';
import { requireOkta } from '../../../../src/config/env/okta-env.ts';
import { configSchema } from '../../../../src/config/schema/schema.ts';
import { VARIABLES } from '../../../../src/config/env/variables.ts';
import { requireJira, requireSlack } from '../../../../src/config/env/vendors.ts';
import { directoryWith } from '../../../support/config.ts';

const CANARY = 'canary00aBcDeFsEcReT';
const PEM = `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`;
const read = (env: Record<string, string>, files: Record<string, string> = {}): ArxEnv => {
  const cwd = directoryWith(files);
  return readEnv({ env, cwd, userHome: cwd });
};

describe('readEnv', () => {
  it("has a default for each of arx's own variables", () => {
    const env = read({});
    expect(env).toMatchObject({
      home: join(env.cwd, '.arx'),
      configPath: null,
      databaseUrl: null,
      serverAddress: { host: '127.0.0.1', port: 8480 },
      metricsAddress: null,
      logLevel: 'info',
    });
  });

  it('reads .env, but the environment takes precedence unless its value is empty', () => {
    const files = {
      '.env': 'ARX_LOG_LEVEL=debug\nARX_CONFIG="mine.yaml"\nARX_SERVER_ADDRESS=[::1]:9000\n',
    };
    const env = read({ ARX_LOG_LEVEL: 'warn', ARX_SERVER_ADDRESS: '' }, files);
    expect(env.logLevel).toBe('warn');
    expect(env.configPath).toBe(join(env.cwd, 'mine.yaml'));
    expect(env.serverAddress.port).toBe(9000);
    expect(read({ ARX_DOTENV: 'none' }, files).serverAddress.port).toBe(8480);
    expect(read({}, files).serverAddress).toEqual({ host: '::1', port: 9000 });
  });

  it('reads NAME_FILE without the trailing line break', () => {
    const env = read({ DATABASE_URL_FILE: 'db' }, { db: `postgres://me:${CANARY}@db/arx\r\n` });
    expect(env.databaseUrl?.reveal()).toBe(`postgres://me:${CANARY}@db/arx`);
    const token = read(
      { OKTA_DOMAIN: 'x.okta.com' },
      { '.env': 'OKTA_API_TOKEN_FILE=t\n', t: `${CANARY}\n` },
    );
    expect(requireOkta(token).credential).toMatchObject({ kind: 'ssws' });
  });

  it("passes Temporal's own variables on", () => {
    const files = {
      '.env':
        'TEMPORAL_ADDRESS=localhost:7233\nTEMPORAL_API_KEY_FILE=key\nTEMPORAL_GRPC_META_X=y\n',
      key: 'k\n',
    };
    expect(temporalVariables(read({ TEMPORAL_ADDRESS: 'cloud:7233' }, files))).toMatchObject({
      TEMPORAL_ADDRESS: 'cloud:7233',
      TEMPORAL_API_KEY: 'k',
      TEMPORAL_GRPC_META_X: 'y',
    });
  });
});

describe('requireOkta', () => {
  const at = (domain: string): string =>
    requireOkta(read({ OKTA_DOMAIN: domain, OKTA_API_TOKEN: CANARY })).origin;
  it.each([
    ['example.okta.com', 'https://example.okta.com'],
    ['https://Example.okta.com/', 'https://example.okta.com'],
    ['login.example.com', 'https://login.example.com'],
    ['my-admin.example.com', 'https://my-admin.example.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://127.9.9.9:8080/', 'http://127.9.9.9:8080'],
    ['http://localhost:1', 'http://localhost:1'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%s is %s', (domain, origin) => {
    expect(at(domain)).toBe(origin);
  });

  it('names the host, including a non-default port', () => {
    const hosts = ['https://example.okta.com:443', 'http://127.0.0.1:8080'].map(
      (domain) => requireOkta(read({ OKTA_DOMAIN: domain, OKTA_API_TOKEN: CANARY })).host,
    );
    expect(hosts).toEqual(['example.okta.com', '127.0.0.1:8080']);
  });

  it.each([
    ['PEM', PEM, PEM],
    ['PEM on one line', PEM.replaceAll('\n', '\\n'), PEM],
    ['JWK', `{"kty":"RSA","d":"${CANARY}"}`, `{"kty":"RSA","d":"${CANARY}"}`],
  ])('accepts a service app with a key as %s', (_, key, expected) => {
    const { credential } = requireOkta(
      read({
        OKTA_DOMAIN: 'x.okta.com',
        OKTA_CLIENT_ID: '0oa1b2c3d4e5f6g7h8i9',
        OKTA_PRIVATE_KEY: key,
      }),
    );
    expect(credential).toMatchObject({ kind: 'service_app', clientId: '0oa1b2c3d4e5f6g7h8i9' });
    expect(credential.kind === 'service_app' && credential.privateKey.reveal()).toBe(expected);
  });
});

describe('requireJira and requireSlack', () => {
  const jira = {
    JIRA_URL: 'https://example.atlassian.net/',
    JIRA_API_TOKEN: CANARY,
    JIRA_PROJECT_KEY: 'SEC',
  };
  it('read the required variables, and the e-mail only for Jira Cloud', () => {
    expect(requireJira(read(jira))).toMatchObject({
      origin: 'https://example.atlassian.net',
      email: null,
      projectKey: 'SEC',
    });
    expect(requireJira(read({ ...jira, JIRA_EMAIL: 'a@b.c' })).email).toBe('a@b.c');
  });

  const site = 'https://example.atlassian.net';
  const gateway = 'https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555';
  it.each([
    [site, site, site, 'cloud'],
    ['example.atlassian.net', site, site, 'cloud'],
    [`${gateway}/`, gateway, null, 'cloud'],
    ['https://jira.example.com', 'https://jira.example.com', 'https://jira.example.com', 'ask'],
    ['https://example.com/jira//', 'https://example.com/jira', 'https://example.com/jira', 'ask'],
    ['http://127.0.0.1:9/jira', 'http://127.0.0.1:9/jira', 'http://127.0.0.1:9/jira', 'ask'],
  ])('JIRA_URL %s is %s, with links to %s', (JIRA_URL, origin, links, edition) => {
    expect(requireJira(read({ ...jira, JIRA_URL }))).toMatchObject({
      origin,
      site: links,
      edition,
    });
  });

  it('JIRA_SITE_URL and JIRA_EDITION take precedence over what the URL shows', () => {
    const env = { ...jira, JIRA_URL: gateway, JIRA_SITE_URL: `${site}/` };
    expect(requireJira(read(env))).toMatchObject({ origin: gateway, site });
    const own = { ...jira, JIRA_URL: 'https://jira.example.com', JIRA_EDITION: 'data_center' };
    expect(requireJira(read(own)).edition).toBe('data_center');
  });

  it.each([
    [undefined, 'https://slack.com/api/'],
    ['https://slack.com/api/', 'https://slack.com/api/'],
    ['https://slack.com/api', 'https://slack.com/api/'],
    ['slack.com', 'https://slack.com/api/'],
    ['http://127.0.0.1:3000/api/', 'http://127.0.0.1:3000/api/'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/api/'],
  ])('SLACK_API_URL %s is %s', (given, expected) => {
    const env = {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_CHANNEL: '#sec',
      ...(given && { SLACK_API_URL: given }),
    };
    expect(requireSlack(read(env))).toMatchObject({ apiUrl: expected, channel: '#sec' });
  });
});

describe('secrets', () => {
  const all = Object.fromEntries(
    VARIABLES.filter(({ secret }) => secret).map(({ name }) => [
      name,
      name === 'DATABASE_URL' ? `postgres://a:${CANARY}@b/c` : CANARY,
    ]),
  );

  it('are hidden if an environment or settings are printed', () => {
    const env = read({ ...all, OKTA_PRIVATE_KEY: '', OKTA_DOMAIN: 'x.okta.com' });
    const shown = [env, requireOkta(env)].map(
      (thing) => inspect(thing, { depth: 9, showHidden: true }) + JSON.stringify(thing),
    );
    expect(shown.join()).not.toContain(CANARY);
  });

  it('are masked in the output of config check, which shows the rest', () => {
    const env = read({ ...all, OKTA_DOMAIN: 'x.okta.com', JIRA_URL: `https://me:${CANARY}@jira` });
    const shown = describeConfig(configSchema.parse({ version: 1 }), env);
    expect(JSON.stringify(shown)).not.toContain(CANARY);
    expect(shown).toMatchObject({
      version: 1,
      environment: {
        OKTA_DOMAIN: 'x.okta.com',
        OKTA_API_TOKEN: '[secret]',
        DATABASE_URL: '[secret]',
        SLACK_CHANNEL: null,
      },
    });
    expect(Object.keys(shown.environment)).toEqual(VARIABLES.map(({ name }) => name));
  });
});
