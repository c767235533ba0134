import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { oktaSettings } from '../../../../src/config/env/credentials.ts';
import { readEnv } from '../../../../src/config/env/env.ts';
import type { OktaSettings } from '../../../../src/config/env/okta-env.ts';
import { configErrorFrom, directoryWith, textOf } from '../../../support/config.ts';

const CANARY = 'canary00aBcDeFsEcReT';
const ENTRY = { domain: 'vault.okta.com', api_token: CANARY };
const TOKEN = 'hvs.canary-of-vault';

interface Given {
  vault?: string;
  files?: Record<string, string>;
  env?: Record<string, string>;
  mode?: number;
}
function settings({ vault, files = {}, env = {}, mode }: Given): Promise<OktaSettings> {
  const cwd = directoryWith(files);
  for (const name of Object.keys(files)) if (mode !== undefined) chmodSync(join(cwd, name), mode);
  const config = { credentials: vault === undefined ? {} : { okta: { vault } } };
  return oktaSettings({ env: readEnv({ env, cwd, userHome: cwd }), config, baseDir: cwd });
}

/** A Vault on loopback with one response; `asked` collects the requests. */
async function vaultOf(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ env: Record<string, string>; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['x-vault-token']}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { env: { VAULT_ADDR: `http://127.0.0.1:${port}`, VAULT_TOKEN: TOKEN }, asked };
}

describe('oktaSettings', () => {
  it('uses the environment if no vault is configured', async () => {
    const found = await settings({ env: { OKTA_DOMAIN: 'env.okta.com', OKTA_API_TOKEN: CANARY } });
    expect(found.origin).toBe('https://env.okta.com');
  });

  const stored = { '.arx/okta.json': JSON.stringify(ENTRY) };
  it('uses the credentials stored by arx okta configure if neither the environment nor arx.yaml names any', async () => {
    const found = await settings({ files: stored });
    expect(found.host).toBe('vault.okta.com');
    expect(found.credential.kind === 'ssws' && found.credential.token.reveal()).toBe(CANARY);
  });

  it('never mixes the stored file with Okta variables or with the settings of arx.yaml', async () => {
    const env = { OKTA_DOMAIN: 'env.okta.com', OKTA_API_TOKEN: '00other' };
    expect((await settings({ files: stored, env })).host).toBe('env.okta.com');
    for (const [name, value] of Object.entries({ ...env, OKTA_CLIENT_ID: '0oaabcdefgh' })) {
      const given = { files: stored, env: { [name]: value } };
      expect((await configErrorFrom(() => settings(given))).code).toBe('missing_variable');
    }
    expect((await configErrorFrom(() => settings({ files: stored, vault: './no' }))).code).toBe(
      'credentials',
    );
  });

  it('refuses a stored file that other users can read, naming it, and explains how to store one if there is none', async () => {
    const open = await configErrorFrom(() => settings({ files: stored, mode: 0o644 }));
    expect(open.message).toMatch(/\.arx\/okta\.json is readable by other users$/);
    expect(textOf(open)).not.toContain(CANARY);
    const none = await configErrorFrom(() => settings({}));
    expect(`${none.message} ${none.remedy}`).toMatch(/OKTA_DOMAIN is not set .*arx okta configure/);
  });

  it.each([
    ['./okta.yaml.secret', 'okta.yaml.secret', `domain: vault.okta.com\napi_token: ${CANARY}\n`],
    ['file:okta.json', 'okta.json', JSON.stringify(ENTRY)],
  ])('reads a file of mode 0600: %s', async (vault, name, content) => {
    const found = await settings({ vault, files: { [name]: content } });
    expect(found).toMatchObject({ origin: 'https://vault.okta.com', host: 'vault.okta.com' });
    expect(found.credential.kind === 'ssws' && found.credential.token.reveal()).toBe(CANARY);
  });

  it.each<[string, Given, RegExp]>([
    ['does not exist', { vault: './no' }, /Create it/],
    [
      'others may read',
      { vault: './okta', files: { okta: JSON.stringify(ENTRY) }, mode: 0o640 },
      /chmod 600/,
    ],
    ['has no token', { vault: './okta', files: { okta: 'domain: x.okta.com' } }, /Store both/],
    [
      'has an invalid domain',
      {
        vault: './okta',
        files: { okta: JSON.stringify({ ...ENTRY, domain: 'x-admin.okta.com' }) },
      },
      /-admin/,
    ],
    [
      'has an invalid token',
      {
        vault: './okta',
        files: { okta: JSON.stringify({ ...ENTRY, api_token: `SSWS ${CANARY}` }) },
      },
      /alone/,
    ],
    ['is not YAML', { vault: './okta', files: { okta: `a: b: ${CANARY}` } }, /./],
  ])('reports a file that %s', async (_, given, remedy) => {
    const error = await configErrorFrom(() => settings(given));
    expect(error.remedy).toMatch(remedy);
    expect(textOf(error)).not.toContain(CANARY);
  });

  it('reads a KV v2 entry from HashiCorp Vault', async () => {
    const { env, asked } = await vaultOf((_, response) =>
      response.end(JSON.stringify({ data: { data: ENTRY, metadata: {} } })),
    );
    expect((await settings({ vault: 'secret/teams/okta prod', env })).origin).toBe(
      'https://vault.okta.com',
    );
    expect(asked).toEqual([`GET /v1/secret/data/teams/okta%20prod ${TOKEN}`]);
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void, RegExp]>([
    ['denied', (_, response) => response.writeHead(403).end(CANARY), /VAULT_TOKEN/],
    ['not found', (_, response) => response.writeHead(404).end('{}'), /path/],
    ['sealed', (_, response) => response.writeHead(503).end('{}'), /running/],
    ['HTML', (_, response) => response.end(`<html>${CANARY}`), /version 2/],
    [
      'of KV version 1',
      (_, response) => response.end(JSON.stringify({ data: ENTRY })),
      /version 2/,
    ],
    [
      'endless',
      (_, response) => response.end(`{"data":{"data":{"x":"${'x'.repeat(70_000)}"}}}`),
      /version 2/,
    ],
    [
      'a redirect',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      /VAULT_ADDR/,
    ],
    ['cut off', (_, response) => response.destroy(), /VAULT_ADDR/],
  ])('reports a response that is %s', async (_, answer, remedy) => {
    const { env } = await vaultOf(answer);
    const error = await configErrorFrom(() => settings({ vault: 'secret/okta', env }));
    expect(error.code).toBe('credentials');
    expect(error.remedy).toMatch(remedy);
    expect(textOf(error)).not.toContain(CANARY);
    expect(textOf(error)).not.toContain(TOKEN);
  });

  it.each(['okta', 'secret/../sys/mounts', 'secret//x'])(
    'refuses the path %s, which leaves the mount or names nothing',
    async (vault) => {
      const { env, asked } = await vaultOf((_, response) => response.end('{}'));
      expect((await configErrorFrom(() => settings({ vault, env }))).remedy).toContain(
        'mount/name',
      );
      expect(asked).toEqual([]);
    },
  );

  it.each([
    [{}, 'VAULT_ADDR'],
    [{ VAULT_ADDR: 'http://vault.example.com', VAULT_TOKEN: TOKEN }, 'VAULT_ADDR'],
    [{ VAULT_ADDR: 'https://vault.example.com:8200' }, 'VAULT_TOKEN'],
  ])('reports that the environment %j lacks %s', async (env, variable) => {
    const error = await configErrorFrom(() =>
      settings({ vault: 'secret/okta', env: env as Record<string, string> }),
    );
    expect(error.where).toEqual({ path: variable });
  });
});
