import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { arx } from './support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-config-'));
const config = join(folder, 'arx.yaml');
writeFileSync(config, `version: 1\npolicies: ["${resolve('policies')}/*.yaml"]\ngrace_period: 7d\n`);
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
  expect(document['config']).toMatchObject({ grace_period: '7d', scan: { window: 8 }, tickets: { mode: 'per_user' } });
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

it('gives a policy that does not load as an error with its place', async () => {
  writeFileSync(
    join(folder, 'bad-policy.yaml'),
    '- name: x\n  connector: okta\n  operations: ["*:read"]\n  risk_max: enormous\n',
  );
  const path = join(folder, 'bad.yaml');
  writeFileSync(path, 'version: 1\npolicies: [bad-policy.yaml]\n');
  const { code, out } = await arx(['config', 'check', '--config', path, '--json'], env);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ schema: 'arx.error/v1', where: { file: 'bad-policy.yaml', line: 4 } });
});
