import { relative, resolve } from 'node:path';
import { oktaSource } from '../../config/env/credentials.ts';
import { credentialsPath } from '../../config/home.ts';
import { refuseSdkSettings } from '../../config/env/okta-env.ts';
import type { OktaSettings } from '../../config/env/okta-env.ts';
import type { ConfigureOptions } from './command.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { refuseExisting, storeCredentials } from './credential-file.ts';
import { readOktaInput } from './input.ts';
import { testCredentials } from './test-credentials.ts';

/**
 * `arx okta configure`: asks for credentials, tests them and stores them. Nothing is stored if the
 * test fails.
 */
export async function configure(io: Io, options: ConfigureOptions) {
  const settings = await loadSettings(io, options);
  refuseSdkSettings(settings.arx);
  const { home, cwd } = settings.arx;
  const file = resolve(cwd, options.out ?? credentialsPath(home));
  const force = options.force ?? false;
  // Checked before the user is asked for anything; the write checks it again.
  if (!force) refuseExisting(file);
  const okta = await readOktaInput(io, options, cwd);
  await testCredentials(io, settings, okta);
  const domain = domainOf(okta);
  storeCredentials(file, { domain, token: okta.credential.token }, force);
  await printResult(
    io,
    { domain, file, vault: vaultOf(settings, file) },
    { settings, json: options.json },
  );
  return EXIT.ok;
}

/** The usual form of a domain: without https://, which is the default. */
const domainOf = ({ origin, host }: OktaSettings): string =>
  origin.startsWith('https://') ? host : origin;

/** The file as arx.yaml names it: relative if it is below the folder of arx.yaml. */
function vaultOf({ baseDir }: Settings, file: string): string {
  const path = relative(baseDir, file);
  return path.startsWith('..') ? file : `./${path}`;
}

interface StoredCredentials {
  domain: string;
  file: string;
  vault: string;
}

/** Whether later commands use this file, or a source that takes precedence. */
function effectiveSource(
  { arx: env, config }: Settings,
  { file, vault }: StoredCredentials,
): 'named' | 'found' | 'other' {
  const source = oktaSource({ env, config });
  if (source === 'vault') return config.credentials.okta?.vault === vault ? 'named' : 'other';
  return source === 'stored' && file === credentialsPath(env.home) ? 'found' : 'other';
}

async function printResult(
  io: Io,
  stored: StoredCredentials,
  { settings, json }: { settings: Settings; json: boolean | undefined },
): Promise<void> {
  const used = effectiveSource(settings, stored);
  const document = {
    schema: 'arx.okta-configured/v1',
    ...stored,
    tested: true,
    used: used !== 'other',
  };
  if (json) return writeJson(io, document);
  const { domain, file, vault } = stored;
  printNote(io, `Okta at ${domain} accepts the token. Both are stored in ${file}.`);
  if (used === 'named') return printNote(io, 'arx.yaml already names this file.');
  if (used === 'found')
    return printNote(
      io,
      'arx uses it from now on, because no Okta variables are set and arx.yaml names no other source.',
    );
  printNote(
    io,
    'It is not used yet. Okta variables and the source in arx.yaml take precedence, and a file in another place must be named.',
  );
  printNote(
    io,
    `To use it, add this to ${settings.file?.path ?? 'arx.yaml'}; OKTA_DOMAIN and OKTA_API_TOKEN are then ignored:`,
  );
  await print(io, `credentials:\n  okta:\n    vault: ${yamlText(vault)}`);
}

// YAML reads a JSON string as the same text.
const yamlText = (text: string): string => (/^[\w./-]+$/.test(text) ? text : JSON.stringify(text));
