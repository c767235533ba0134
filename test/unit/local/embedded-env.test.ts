import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { expect, test } from 'vitest';
import { readEnv, temporalVariables } from '../../../src/config/env/env.ts';
import { embeddedEnv, overrideFiles } from '../../../src/local/stack-parts.ts';

test('a worker of the embedded stack reaches its server, whatever environment, .env and profiles say', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'arx-env-'));
  writeFileSync(join(cwd, 'key'), 'from a file');
  writeFileSync(
    join(cwd, '.env'),
    'TEMPORAL_API_KEY=cloud\nTEMPORAL_TLS=true\nTEMPORAL_ADDRESS=cloud:7233\n',
  );
  const outside = {
    OKTA_DOMAIN: 'example.okta.com',
    TEMPORAL_API_KEY_FILE: join(cwd, 'key'),
    TEMPORAL_ADDRESS_FILE: join(cwd, 'key'),
    TEMPORAL_TLS_SERVER_NAME: 'cloud',
    TEMPORAL_GRPC_META_X: 'y',
    TEMPORAL_PROFILE: 'cloud',
  };
  const env = embeddedEnv(outside, { address: '127.0.0.1:1234', namespace: 'arx' });
  const overrideEnvVars = temporalVariables(readEnv({ env, cwd }));
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars });
  expect(namespace).toBe('arx');
  expect(connectionOptions.address).toBe('127.0.0.1:1234');
  expect(connectionOptions.apiKey ?? null).toBeNull();
  expect(connectionOptions.tls ?? false).toBe(false);
  expect(connectionOptions.metadata ?? {}).toEqual({});
  expect(env.OKTA_DOMAIN).toBe('example.okta.com');
  rmSync(cwd, { recursive: true });
});

test('a value takes precedence over a NAME_FILE of the same name', () => {
  const env = {
    ...process.env,
    DATABASE_URL_FILE: '/nowhere',
    ...overrideFiles({ DATABASE_URL: 'postgres://a@b/c' }),
  };
  expect(readEnv({ env, cwd: tmpdir() }).databaseUrl?.reveal()).toBe('postgres://a@b/c');
});
