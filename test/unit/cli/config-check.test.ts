import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { arx } from './support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-config-'));
const config = join(folder, 'arx.yaml');
writeFileSync(
  config,
  `version: 1\npolicies: ["${resolve('policies')}/*.yaml"]\ngrace_period: 7d\n`,
);
const env = {
  OKTA_DOMAIN: 'example.okta.com',
  OKTA_API_TOKEN: '00canaryTokenThatMustNotShow',
  DATABASE_URL: 'postgres://u:hidden@db/x',
};

it('gives the configuration with its defaults, the policies, and an environment without secrets', async () => {
  const { code, out } = await arx(['config', 'check', '--config', config, '--json'], env);
  const document = JSON.parse(out) as Record<string, object>;
  expect(code).toBe(0);
  expect(document).toMatchObject({ schema: 'arx.config/v1', valid: true, file: config });
  expect(document['config']).toMatchObject({
    grace_period: '7d',
    scan: { window: 8 },
    tickets: { mode: 'per_user' },
  });
  expect(document['policies']).toContainEqual(
    expect.objectContaining({ name: 'mfa-enforcement-check-okta', connector: 'okta' }),
  );
  expect(out).not.toMatch(/canaryToken|hidden/);
  const { problems } = document['environment'] as { problems: { vendor: string }[] };
  expect(problems.map(({ vendor }) => vendor)).toEqual(['jira', 'slack']);
});

it('tells a person the same', async () => {
  const { code, out } = await arx(['config', 'check', '--config', config], env);
  expect(code).toBe(0);
  expect(out).toMatch(/^valid {2}/);
  expect(out).toContain('OKTA_DOMAIN=example.okta.com');
  expect(out).toContain('OKTA_API_TOKEN=[secret]');
  expect(out).toContain('JIRA_URL is not set');
});

it('gives the rules for security events, and one that does not load as an error with its place', async () => {
  const { out } = await arx(['config', 'check', '--config', config, '--json'], env);
  const { eventRules } = JSON.parse(out) as { eventRules: object[] };
  expect(eventRules).toContainEqual({ name: 'zone.delete', severity: 'medium' });
  mkdirSync(join(folder, 'own'));
  writeFileSync(
    join(folder, 'own/rules.yaml'),
    '- name: x\n  type: a.b\n  severity: hihg\n  tactic: Impact\n  technique: T1531\n',
  );
  const path = join(folder, 'own-rules.yaml');
  writeFileSync(path, `version: 1\ntwin: { event_rules: ["own/*.yaml"] }\n`);
  const refused = await arx(['config', 'check', '--config', path, '--json'], env);
  expect(refused.code).toBe(2);
  expect(JSON.parse(refused.out)).toMatchObject({
    schema: 'arx.error/v1',
    where: { file: 'own/rules.yaml', line: 3, column: 13, path: '0.severity' },
    remedy: 'Did you mean high?',
  });
});

it('refuses a pattern of rules that names no file, and says aloud that a list without any raises nothing', async () => {
  const path = join(folder, 'no-rules.yaml');
  const check = async (list: string) => {
    writeFileSync(path, `version: 1\ntwin:\n  event_rules: ${list}\n`);
    const [text, json] = [
      await arx(['config', 'check', '--config', path], env),
      await arx(['config', 'check', '--config', path, '--json'], env),
    ];
    return { text, json, document: JSON.parse(json.out) as object };
  };
  const refused = await check('["nope/*.yaml"]');
  expect([refused.text.code, refused.json.code]).toEqual([2, 2]);
  expect(refused.document).toMatchObject({
    schema: 'arx.error/v1',
    code: 'no_file',
    where: { file: path, line: 3, column: 17, path: 'twin.event_rules.0' },
  });
  const sync = await arx(['okta', 'sync', '--config', path, '--json'], env);
  expect(sync.code).toBe(2);
  expect(JSON.parse(sync.out)).toMatchObject({ code: 'no_file', where: { line: 3, column: 17 } });

  const none = await check('[]');
  expect(none.text.code).toBe(0);
  expect(none.text.out).toContain('! no rules for security events are active');
  expect(none.document).toMatchObject({
    valid: true,
    eventRules: [],
    warnings: [expect.stringMatching(/ever raised/)],
  });
  const usual = await arx(['config', 'check', '--config', config, '--json'], env);
  expect(JSON.parse(usual.out)).toMatchObject({ warnings: [] });
});

it('gives the delegated flows, and each thing that is wrong with their files with its place', async () => {
  const { out } = await arx(['config', 'check', '--config', config, '--json'], env);
  const document = JSON.parse(out) as { flows: object[]; routes: number; resourceSets: number };
  expect(document).toMatchObject({ routes: expect.any(Number), resourceSets: 0 });
  expect(document.flows).toContainEqual(
    expect.objectContaining({ name: 'Delegated Flow', enabled: false }),
  );

  const own = mkdtempSync(join(tmpdir(), 'arx-config-flows-'));
  mkdirSync(join(own, 'flows'));
  const path = join(own, 'arx.yaml');
  writeFileSync(path, 'version: 1\n');
  writeFileSync(join(own, 'flows/x.yaml'), 'name: X\nproduct: Okta\nsteps: []\n');
  writeFileSync(join(own, 'routing.yaml'), '- product: Oktaa\n  titles: [T]\n  flow: X\n');
  writeFileSync(
    join(own, 'resource_sets.yaml'),
    '- name: S\n  flows: [X]\n  members: [ann]\n  permissions: [run]\n',
  );
  const refused = await arx(['config', 'check', '--config', path, '--json'], env);
  expect(refused.code).toBe(2);
  const { where, others } = JSON.parse(refused.out) as {
    where: object;
    others: { where: object }[];
  };
  const places = [where, ...others.map((other) => other.where)];
  for (const [file, line] of [
    ['flows/x.yaml', 1],
    ['routing.yaml', 1],
    ['resource_sets.yaml', 3],
  ])
    expect(places).toContainEqual(
      expect.objectContaining({ file, line, column: expect.any(Number) }),
    );
});

it('gives a policy that does not load as an error with its place', async () => {
  writeFileSync(
    join(folder, 'bad-policy.yaml'),
    '- name: x\n  connector: okta\n  operations: ["*:read"]\n  risk_max: enormous\n',
  );
  const path = join(folder, 'bad.yaml');
  writeFileSync(path, 'version: 1\npolicies: [bad-policy.yaml]\n');
  const { code, out } = await arx(['config', 'check', '--config', path, '--json'], env);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({
    schema: 'arx.error/v1',
    where: { file: 'bad-policy.yaml', line: 4 },
  });
});

const complete = {
  ...env,
  JIRA_URL: 'https://example.atlassian.net',
  JIRA_API_TOKEN: 'jira-canaryToken',
  JIRA_PROJECT_KEY: 'SEC',
  SLACK_BOT_TOKEN: 'xoxb-canaryToken',
};
interface ConfigDocument {
  schema: string;
  valid: boolean;
  environment: { problems: { vendor: string; code: string; message: string; remedy: string }[] };
}

it.each([
  [
    'a plain http domain',
    { OKTA_DOMAIN: 'http://example.okta.com' },
    'okta',
    /OKTA_DOMAIN uses plain http/,
  ],
  ['the administrator pages', { OKTA_DOMAIN: 'example-admin.okta.com' }, 'okta', /OKTA_DOMAIN/],
  ['a token with a line break', { OKTA_API_TOKEN: '00canaryToken\nx' }, 'okta', /OKTA_API_TOKEN/],
  ['two credentials', { OKTA_CLIENT_ID: '0oaabcdefgh' }, 'okta', /both set/],
  ['a plain http Jira', { JIRA_URL: 'http://jira.example.com' }, 'jira', /JIRA_URL/],
  ['a project that is none', { JIRA_PROJECT_KEY: 'sec team' }, 'jira', /JIRA_PROJECT_KEY/],
  [
    'a wrong key beside a missing address',
    { JIRA_URL: '', JIRA_PROJECT_KEY: 'sec' },
    'jira',
    /JIRA_PROJECT_KEY/,
  ],
  ['a user token', { SLACK_BOT_TOKEN: 'xoxp-canaryToken' }, 'slack', /SLACK_BOT_TOKEN/],
  ['a channel that is none', { SLACK_CHANNEL: 'two words' }, 'slack', /SLACK_CHANNEL/],
])('does not call %s valid', async (_, change, vendor, message) => {
  const given = Object.fromEntries(
    Object.entries({ ...complete, ...change }).filter(([, value]) => value !== ''),
  );
  const { code, out } = await arx(['config', 'check', '--config', config, '--json'], given);
  const document = JSON.parse(out) as ConfigDocument;
  expect({ code, document }).toMatchObject({
    code: 2,
    document: { schema: 'arx.config/v1', valid: false },
  });
  expect(document.environment.problems[0]).toMatchObject({
    vendor,
    message: expect.stringMatching(message),
  });
  expect(out).not.toContain('canaryToken');
  expect((await arx(['config', 'check', '--config', config], given)).out).toMatch(/^NOT VALID/);
});

it('takes the credentials of a file in the place of the variables', async () => {
  const path = join(folder, 'vault.yaml');
  writeFileSync(
    path,
    `${readFileSync(config, 'utf8')}credentials: { okta: { vault: ./okta-credentials.yaml } }\n`,
  );
  const { OKTA_DOMAIN: _, OKTA_API_TOKEN: __, ...rest } = complete;
  const check = async () => {
    const { code, out } = await arx(['config', 'check', '--config', path, '--json'], rest);
    return { code, problems: (JSON.parse(out) as ConfigDocument).environment.problems };
  };
  expect(await check()).toMatchObject({
    code: 2,
    problems: [{ vendor: 'okta', code: 'credentials' }],
  });
  const file = join(folder, 'okta-credentials.yaml');
  writeFileSync(file, 'domain: example.okta.com\napi_token: 00canaryToken\n', { mode: 0o600 });
  expect(await check()).toEqual({ code: 0, problems: [] });
});
