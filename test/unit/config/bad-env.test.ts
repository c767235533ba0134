import { describe, expect, it } from 'vitest';
import { readEnv } from '../../../src/config/env/env.ts';
import type { ArxEnv } from '../../../src/config/env/env.ts';
import { requireOkta } from '../../../src/config/env/okta-env.ts';
import { requireJira, requireSlack } from '../../../src/config/env/vendors.ts';
import { configErrorOf, directoryWith, textOf } from '../../support/config.ts';

const CANARY = 'canary00aBcDeFsEcReT';
const OKTA = { OKTA_DOMAIN: 'example.okta.com', OKTA_API_TOKEN: CANARY };
const JIRA = {
  JIRA_URL: 'https://example.atlassian.net',
  JIRA_API_TOKEN: CANARY,
  JIRA_PROJECT_KEY: 'SEC',
};
const SLACK = { SLACK_BOT_TOKEN: CANARY };
const APP = { OKTA_DOMAIN: 'example.okta.com', OKTA_CLIENT_ID: '0oa1b2c3d4e5f6g7h8i9' };

type Use = (env: ArxEnv) => unknown;
/** The mistake, the environment, its reader, and the expected code, variable and remedy. */
type Row = [
  what: string,
  env: Record<string, string>,
  use: Use,
  code: string,
  variable: string,
  remedy: RegExp,
];

const okta = (value: string): Record<string, string> => ({ ...OKTA, OKTA_DOMAIN: value });
const own: Use = (env) => env;
const ROWS: Row[] = [
  [
    'no Okta domain',
    { OKTA_API_TOKEN: CANARY },
    requireOkta,
    'missing_variable',
    'OKTA_DOMAIN',
    /example\.okta\.com/,
  ],
  [
    'an empty Okta domain',
    okta(''),
    requireOkta,
    'missing_variable',
    'OKTA_DOMAIN',
    /OKTA_DOMAIN_FILE/,
  ],
  [
    'no Okta credential',
    { OKTA_DOMAIN: 'example.okta.com' },
    requireOkta,
    'missing_variable',
    'OKTA_API_TOKEN',
    /Set OKTA_API_TOKEN/,
  ],
  [
    'the address of the administrator pages',
    okta('example-admin.okta.com'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /-admin/,
  ],
  [
    'the address of the administrator pages of a preview org',
    okta('https://example-admin.oktapreview.com'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /-admin/,
  ],
  [
    'plain http',
    okta('http://example.okta.com'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /https/,
  ],
  [
    'a host that only starts like loopback',
    okta('http://127.0.0.1.example.com'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /https/,
  ],
  [
    'a host that only ends like loopback',
    okta('http://localhost.example.com'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /https/,
  ],
  [
    'a path',
    okta('https://example.okta.com/oauth2/default'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /Remove it/,
  ],
  [
    'a query',
    okta('https://example.okta.com/?a=b'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /Remove it/,
  ],
  [
    'an empty query',
    okta('https://example.okta.com?'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /Remove it/,
  ],
  [
    'a fragment',
    okta('https://example.okta.com#x'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /Remove it/,
  ],
  [
    'credentials in the address',
    okta(`https://me:${CANARY}@example.okta.com`),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /up to the @/,
  ],
  [
    'another protocol',
    okta('ftp://example.okta.com'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /Correct/,
  ],
  [
    'a placeholder',
    okta('https://{yourOktaDomain}'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /Correct/,
  ],
  [
    'a port out of range',
    okta('example.okta.com:99999'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /Correct/,
  ],
  [
    'a quoted value',
    okta('"example.okta.com"'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /Correct/,
  ],
  [
    'a value in white space',
    okta(' example.okta.com'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /Correct/,
  ],
  [
    'a backslash',
    okta('https:\\\\example.okta.com'),
    requireOkta,
    'invalid_variable',
    'OKTA_DOMAIN',
    /Correct/,
  ],
  [
    'a token with white space inside',
    { ...OKTA, OKTA_API_TOKEN: `${CANARY} x` },
    requireOkta,
    'invalid_variable',
    'OKTA_API_TOKEN',
    /alone/,
  ],
  [
    'a token with a line break',
    { ...OKTA, OKTA_API_TOKEN: `${CANARY}\n` },
    requireOkta,
    'invalid_variable',
    'OKTA_API_TOKEN',
    /alone/,
  ],
  [
    'a token in quotes',
    { ...OKTA, OKTA_API_TOKEN: `'${CANARY}'` },
    requireOkta,
    'invalid_variable',
    'OKTA_API_TOKEN',
    /quotes/,
  ],
  [
    'a token with its scheme',
    { ...OKTA, OKTA_API_TOKEN: `SSWS ${CANARY}` },
    requireOkta,
    'invalid_variable',
    'OKTA_API_TOKEN',
    /alone/,
  ],
  [
    'a token with odd characters',
    { ...OKTA, OKTA_API_TOKEN: `${CANARY}…` },
    requireOkta,
    'invalid_variable',
    'OKTA_API_TOKEN',
    /Correct/,
  ],
  [
    'token and service app',
    { ...OKTA, ...APP },
    requireOkta,
    'conflicting_variables',
    'OKTA_CLIENT_ID',
    /either the token/,
  ],
  [
    'token and private key',
    { ...OKTA, OKTA_PRIVATE_KEY: CANARY },
    requireOkta,
    'conflicting_variables',
    'OKTA_PRIVATE_KEY',
    /either the token/,
  ],
  [
    'a service app without key',
    APP,
    requireOkta,
    'missing_variable',
    'OKTA_PRIVATE_KEY',
    /OKTA_PRIVATE_KEY_FILE/,
  ],
  [
    'a key without service app',
    { OKTA_DOMAIN: 'example.okta.com', OKTA_PRIVATE_KEY: CANARY },
    requireOkta,
    'missing_variable',
    'OKTA_CLIENT_ID',
    /Set/,
  ],
  [
    'an invalid key',
    { ...APP, OKTA_PRIVATE_KEY: CANARY },
    requireOkta,
    'invalid_variable',
    'OKTA_PRIVATE_KEY',
    /PEM/,
  ],
  [
    'a public key',
    { ...APP, OKTA_PRIVATE_KEY: `{"kty":"RSA","n":"${CANARY}","e":"AQAB"}` },
    requireOkta,
    'invalid_variable',
    'OKTA_PRIVATE_KEY',
    /private/,
  ],
  [
    'an encrypted key',
    {
      ...APP,
      OKTA_PRIVATE_KEY:
        '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA\n-----END ENCRYPTED PRIVATE KEY-----',
    },
    requireOkta,
    'invalid_variable',
    'OKTA_PRIVATE_KEY',
    /unencrypted/,
  ],
  [
    'an invalid client id',
    { ...APP, OKTA_CLIENT_ID: 'a b', OKTA_PRIVATE_KEY: '{}' },
    requireOkta,
    'invalid_variable',
    'OKTA_CLIENT_ID',
    /Correct/,
  ],
  [
    'a variable name of the Okta SDK',
    { ...OKTA, OKTA_CLIENT_ORGURL: 'https://x.okta.com' },
    requireOkta,
    'okta_sdk_settings',
    'OKTA_CLIENT_ORGURL',
    /Unset/,
  ],
  [
    'another variable name of the Okta SDK',
    { ...OKTA, OKTA_CLIENT_TOKEN: CANARY },
    requireOkta,
    'okta_sdk_settings',
    'OKTA_CLIENT_TOKEN',
    /Unset/,
  ],
  ['no Jira settings', {}, requireJira, 'missing_variable', 'JIRA_URL', /atlassian\.net/],
  [
    'no Jira token',
    { JIRA_URL: JIRA.JIRA_URL },
    requireJira,
    'missing_variable',
    'JIRA_API_TOKEN',
    /JIRA_API_TOKEN_FILE/,
  ],
  [
    'no Jira project',
    { ...JIRA, JIRA_PROJECT_KEY: '' },
    requireJira,
    'missing_variable',
    'JIRA_PROJECT_KEY',
    /SEC/,
  ],
  [
    'an invalid project key',
    { ...JIRA, JIRA_PROJECT_KEY: 'my project' },
    requireJira,
    'invalid_variable',
    'JIRA_PROJECT_KEY',
    /Correct/,
  ],
  [
    'a project key in lower case',
    { ...JIRA, JIRA_PROJECT_KEY: 'sec' },
    requireJira,
    'invalid_variable',
    'JIRA_PROJECT_KEY',
    /Correct/,
  ],
  [
    'an invalid e-mail address',
    { ...JIRA, JIRA_EMAIL: 'jane' },
    requireJira,
    'invalid_variable',
    'JIRA_EMAIL',
    /Correct/,
  ],
  ...[
    ['an issue', 'https://example.atlassian.net/browse/SEC-1'],
    ['a board', 'https://example.atlassian.net/jira/software/projects/SEC/boards/1?x=1'],
    ['a project of Data Center', 'https://jira.example.com/projects/SEC/issues'],
    ['a dashboard of Data Center', 'https://example.com/jira/secure/Dashboard.jspa#top'],
    ['the API itself', 'https://jira.example.com/rest/api/2/'],
    ['a path on Jira Cloud', 'https://example.atlassian.net/jira'],
    ['a query', 'https://jira.example.com/?os_username=x'],
  ].map(([what, url]): Row => [
    `the address of ${what}`,
    { ...JIRA, JIRA_URL: `${url}` },
    requireJira,
    'invalid_variable',
    'JIRA_URL',
    /without the page/,
  ]),
  ...['', '/ex/jira', '/ex/jira/mine', '/ex/confluence/11111111-2222-3333-4444-555555555555'].map(
    (path): Row => [
      `the gateway with the path '${path}'`,
      { ...JIRA, JIRA_URL: `https://api.atlassian.com${path}` },
      requireJira,
      'invalid_variable',
      'JIRA_URL',
      /CLOUD_ID/,
    ],
  ),
  [
    'the gateway as an address for people',
    {
      ...JIRA,
      JIRA_SITE_URL: 'https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555',
    },
    requireJira,
    'invalid_variable',
    'JIRA_SITE_URL',
    /address of the site/,
  ],
  [
    'an unknown edition of Jira',
    { ...JIRA, JIRA_EDITION: 'server' },
    requireJira,
    'invalid_variable',
    'JIRA_EDITION',
    /data_center/,
  ],
  [
    'Jira over plain http',
    { ...JIRA, JIRA_URL: 'http://jira.example.com' },
    requireJira,
    'invalid_variable',
    'JIRA_URL',
    /https/,
  ],
  [
    'no Slack token',
    {},
    requireSlack,
    'missing_variable',
    'SLACK_BOT_TOKEN',
    /SLACK_BOT_TOKEN_FILE/,
  ],
  [
    'an app-level Slack token',
    { SLACK_BOT_TOKEN: `xapp-${CANARY}` },
    requireSlack,
    'invalid_variable',
    'SLACK_BOT_TOKEN',
    /xoxb-/,
  ],
  [
    'Slack over plain http',
    { ...SLACK, SLACK_API_URL: 'http://slack.example.com/api/' },
    requireSlack,
    'invalid_variable',
    'SLACK_API_URL',
    /https/,
  ],
  [
    'a Slack address with a query',
    { ...SLACK, SLACK_API_URL: 'https://slack.com/api/?x=1' },
    requireSlack,
    'invalid_variable',
    'SLACK_API_URL',
    /Remove it/,
  ],
  [
    'an invalid channel',
    { ...SLACK, SLACK_CHANNEL: 'two words' },
    requireSlack,
    'invalid_variable',
    'SLACK_CHANNEL',
    /Correct/,
  ],
  [
    'a database of another kind',
    { DATABASE_URL: `mysql://me:${CANARY}@db/x` },
    own,
    'invalid_variable',
    'DATABASE_URL',
    /Correct/,
  ],
  [
    'a database that is not an address',
    { DATABASE_URL: CANARY },
    own,
    'invalid_variable',
    'DATABASE_URL',
    /Correct/,
  ],
  [
    'a server without port',
    { ARX_SERVER_ADDRESS: '127.0.0.1' },
    own,
    'invalid_variable',
    'ARX_SERVER_ADDRESS',
    /Correct/,
  ],
  [
    'an invalid port',
    { ARX_METRICS_ADDRESS: '127.0.0.1:70000' },
    own,
    'invalid_variable',
    'ARX_METRICS_ADDRESS',
    /Correct/,
  ],
  [
    'an unknown log level',
    { ARX_LOG_LEVEL: 'loud' },
    own,
    'invalid_variable',
    'ARX_LOG_LEVEL',
    /Correct/,
  ],
  ['a home in white space', { ARX_HOME: ' .arx ' }, own, 'invalid_variable', 'ARX_HOME', /Correct/],
];

const read = (env: Record<string, string>, cwd: string): ArxEnv =>
  readEnv({ env, cwd, userHome: cwd });

describe('an invalid environment', () => {
  it.each(ROWS)('%s', (_, env, use, code, variable, remedy) => {
    const cwd = directoryWith();
    const error = configErrorOf(() => use(read(env, cwd)));
    expect({ code: error.code, where: error.where }).toEqual({ code, where: { path: variable } });
    expect(error.message).toContain(variable);
    expect(error.remedy).toMatch(remedy);
    expect(textOf(error)).not.toContain(CANARY);
  });

  it('refuses both NAME and NAME_FILE', () => {
    const cwd = directoryWith({ token: CANARY });
    const error = configErrorOf(() =>
      requireOkta(read({ ...OKTA, OKTA_API_TOKEN_FILE: 'token' }, cwd)),
    );
    expect(error).toMatchObject({
      code: 'conflicting_variables',
      where: { path: 'OKTA_API_TOKEN' },
    });
  });

  it.each([
    ['does not exist', 'nowhere', 'unreadable', /Create the file/],
    ['is empty', 'empty', 'invalid_variable', /Write the value/],
    ['holds two lines', 'two', 'invalid_variable', /alone/],
    ['is too large', 'large', 'unreadable', /./],
  ])('refuses a NAME_FILE that %s', (_, file, code, remedy) => {
    const cwd = directoryWith({
      empty: '\n',
      two: `${CANARY}\n${CANARY}\n`,
      large: CANARY.repeat(10_000),
    });
    const error = configErrorOf(() =>
      requireOkta(read({ OKTA_DOMAIN: 'x.okta.com', OKTA_API_TOKEN_FILE: file }, cwd)),
    );
    expect(error.code).toBe(code);
    expect(error.message).toContain('OKTA_API_TOKEN');
    expect(error.remedy).toMatch(remedy);
    expect(textOf(error)).not.toContain(CANARY);
  });

  it('names the line in .env', () => {
    const cwd = directoryWith({
      '.env': `# mine\nexport OKTA_DOMAIN=x-admin.okta.com\nOKTA_API_TOKEN=${CANARY}\n`,
    });
    const error = configErrorOf(() => requireOkta(read({}, cwd)));
    expect(error.where).toEqual({ file: '.env', line: 2, column: 1, path: 'OKTA_DOMAIN' });
  });

  it('reports an unreadable .env', () => {
    const cwd = directoryWith({ '.env/file': '' });
    expect(configErrorOf(() => read({}, cwd))).toMatchObject({
      code: 'unreadable',
      where: { file: '.env' },
    });
  });

  it.each([
    ['okta.yaml', 'okta.yaml'],
    ['.okta/okta.yaml', '~/.okta/okta.yaml'],
  ])('refuses %s, which the Okta SDK would merge in', (file, shown) => {
    const cwd = directoryWith({ [file]: `okta: { client: { token: ${CANARY} } }` });
    const error = configErrorOf(() => requireOkta(read(OKTA, cwd)));
    expect(error).toMatchObject({ code: 'okta_sdk_settings', where: { file: shown } });
    expect(textOf(error)).not.toContain(CANARY);
  });
});
