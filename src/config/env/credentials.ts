/** Finds Okta's credentials: in arx.yaml's vault entry, the environment, or the stored file. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readOktaAddress } from './address.ts';
import type { ReadResult } from './address.ts';
import type { ArxEnv } from './env.ts';
import { ConfigError } from '../errors.ts';
import type { ConfigPlace } from '../errors.ts';
import { credentialsPath } from '../home.ts';
import { readOktaToken, refuseSdkSettings, requireOkta } from './okta-env.ts';
import type { OktaSettings } from './okta-env.ts';
import type { ArxConfig } from '../schema/schema.ts';
import { VARIABLES } from './variables.ts';
import { readVaultEntry } from './vault.ts';
import { parseYaml } from '../yaml/yaml-source.ts';

interface CredentialOptions {
  env: ArxEnv;
  config: Pick<ArxConfig, 'credentials'>;
  /** Directory of arx.yaml, to which file names are relative. */
  baseDir: string;
}

/**
 * Where Okta's credentials come from: `vault` is the entry that arx.yaml names, `stored` the file
 * that `arx okta configure` wrote.
 */
export type OktaSource = 'vault' | 'environment' | 'stored';

const OKTA_NAMES = VARIABLES.filter(({ usedBy }) => usedBy === 'okta').map(({ name }) => name);

/**
 * The first of these that exists: the entry that arx.yaml names, any Okta variable, the stored
 * file.
 */
export function oktaSource({ env, config }: Pick<CredentialOptions, 'env' | 'config'>): OktaSource {
  if (config.credentials.okta !== undefined) return 'vault';
  if (OKTA_NAMES.some((name) => env.source.find(name))) return 'environment';
  return existsSync(credentialsPath(env.home)) ? 'stored' : 'environment';
}

/**
 * Okta's settings: from the entry that arx.yaml names under `credentials.okta.vault`, else from the
 * environment, else, if no Okta variable is set, from the file that `arx okta configure` stored in
 * ARX_HOME. Sources are never mixed. A path that begins with `/`, `./`, `../`, `~/` or `file:` is a
 * file with mode 0600; any other path is an entry of HashiCorp Vault's KV v2, mount first. Both
 * contain `domain` and `api_token`. Throws ConfigError.
 */
export async function oktaSettings({
  env,
  config,
  baseDir,
}: CredentialOptions): Promise<OktaSettings> {
  const source = oktaSource({ env, config });
  if (source === 'environment') return requireOkta(env);
  refuseSdkSettings(env);
  if (source === 'stored') return readStoredSettings(credentialsPath(env.home));
  const path = config.credentials.okta?.vault ?? '';
  const from: Origin = { name: VAULT, where: { path: VAULT } };
  if (!isFileName(path)) return settingsOf(await readVaultEntry(env, path), from);
  return settingsOf(readCredentialFile(fileOf(path, baseDir), from), from);
}

function readStoredSettings(file: string): OktaSettings {
  const from = { name: file, where: { file } };
  return settingsOf(readCredentialFile(file, from), from);
}

/** The source that errors name: the key of arx.yaml, or the stored file. */
interface Origin {
  name: string;
  where: ConfigPlace;
}
const VAULT = 'credentials.okta.vault';

const isFileName = (path: string): boolean => /^(\/|\.{1,2}\/|~\/|file:)/.test(path);

function fileOf(path: string, baseDir: string): string {
  const plain = path.replace(/^file:(\/\/)?/, '');
  return plain.startsWith('~/') ? join(homedir(), plain.slice(2)) : resolve(baseDir, plain);
}

function readCredentialFile(file: string, from: Origin): unknown {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) {
    throw credentialsError(
      'names a file that does not exist',
      'Create it with domain and api_token, and mode 0600.',
      from,
    );
  }
  if ((stat.mode & 0o077) !== 0) {
    const says =
      from.name === file ? 'is readable by other users' : 'names a file that other users can read';
    throw credentialsError(says, 'Restrict its permissions: chmod 600.', from);
  }
  // JSON is valid YAML too.
  return parseYaml(readFileSync(file, 'utf8'), 'the credentials file').value;
}

const entrySchema = z.object({ domain: z.string(), api_token: z.string() });

function settingsOf(entry: unknown, from: Origin): OktaSettings {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success)
    throw credentialsError('does not contain domain and api_token', 'Store both as text.', from);
  const url = requireValue('domain', readOktaAddress(parsed.data.domain), from);
  const token = requireValue('api_token', readOktaToken(parsed.data.api_token), from);
  return { origin: url.origin, host: url.host, credential: { kind: 'ssws', token } };
}

function requireValue<T>(key: string, read: ReadResult<T>, from: Origin): T {
  if (read.ok) return read.value;
  throw credentialsError(`: its ${key} ${read.problem}`, read.remedy ?? `Correct ${key}.`, from);
}

const credentialsError = (says: string, remedy: string, { name, where }: Origin): ConfigError =>
  new ConfigError('credentials', `${name}${says.startsWith(':') ? '' : ' '}${says}`, remedy, where);
