import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readOktaAddress } from './address.ts';
import type { Read } from './address.ts';
import type { ArxEnv } from './env.ts';
import { ConfigError } from './errors.ts';
import type { ConfigPlace } from './errors.ts';
import { readOktaToken, refuseSdkSettings, requireOkta } from './okta-env.ts';
import type { OktaSettings } from './okta-env.ts';
import type { ArxConfig } from './schema.ts';
import { readVaultEntry } from './vault.ts';
import { parseYaml } from './yaml-source.ts';

export interface CredentialOptions {
  env: ArxEnv;
  config: Pick<ArxConfig, 'credentials'>;
  /** Directory of arx.yaml: what a relative file name starts from. */
  baseDir: string;
}

/**
 * Okta's settings: from the vault entry that arx.yaml names under `credentials.okta.vault`, else from the environment.
 * A path that begins with `/`, `./`, `../`, `~/` or `file:` is a file of mode 0600, any other an entry of HashiCorp
 * Vault's KV v2 (mount first). Both hold `domain` and `api_token`. Throws ConfigError.
 */
export async function oktaSettings({ env, config, baseDir }: CredentialOptions): Promise<OktaSettings> {
  const path = config.credentials.okta?.vault;
  if (path === undefined) return requireOkta(env);
  refuseSdkSettings(env);
  const where: ConfigPlace = { path: 'credentials.okta.vault' };
  if (!isFileName(path)) return settingsOf(await readVaultEntry(env, path), where);
  return settingsOf(readCredentialFile(fileOf(path, baseDir), where), where);
}

const isFileName = (path: string): boolean => /^(\/|\.{1,2}\/|~\/|file:)/.test(path);

function fileOf(path: string, baseDir: string): string {
  const plain = path.replace(/^file:(\/\/)?/, '');
  return plain.startsWith('~/') ? join(homedir(), plain.slice(2)) : resolve(baseDir, plain);
}

function readCredentialFile(file: string, where: ConfigPlace): unknown {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) {
    throw refused('names a file that does not exist', 'Create it with domain and api_token in it, mode 0600.', where);
  }
  if ((stat.mode & 0o077) !== 0) {
    throw refused('names a file that others may read', 'Take their permissions away: chmod 600.', where);
  }
  // YAML holds JSON too.
  return parseYaml(readFileSync(file, 'utf8'), 'the credentials file').value;
}

const entrySchema = z.object({ domain: z.string(), api_token: z.string() });

function settingsOf(entry: unknown, where: ConfigPlace): OktaSettings {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) throw refused('has no domain and api_token', 'Store both, as text.', where);
  const url = accepted('domain', readOktaAddress(parsed.data.domain), where);
  const token = accepted('api_token', readOktaToken(parsed.data.api_token), where);
  return { origin: url.origin, host: url.host, credential: { kind: 'ssws', token } };
}

function accepted<T>(key: string, read: Read<T>, where: ConfigPlace): T {
  if (read.ok) return read.value;
  throw refused(`: its ${key} ${read.problem}`, read.remedy ?? `Correct ${key}.`, where);
}

const refused = (says: string, remedy: string, where: ConfigPlace): ConfigError =>
  new ConfigError('credentials', `credentials.okta.vault${says.startsWith(':') ? '' : ' '}${says}`, remedy, where);
