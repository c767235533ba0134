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
import { oktaGiven } from './given.ts';
import { tryOkta } from './try.ts';

/** `arx okta configure`: asks, tests, stores. Where the test fails nothing is stored. */
export async function configure(io: Io, options: ConfigureOptions) {
  const settings = await loadSettings(io, options);
  refuseSdkSettings(settings.arx);
  const { home, cwd } = settings.arx;
  const file = resolve(cwd, options.out ?? credentialsPath(home));
  const force = options.force ?? false;
  // Before anything is asked for; the write refuses it once more.
  if (!force) refuseExisting(file);
  const okta = await oktaGiven(io, options, cwd);
  await tryOkta(io, settings, okta);
  const domain = domainOf(okta);
  storeCredentials(file, { domain, token: okta.credential.token }, force);
  await tell(
    io,
    { domain, file, vault: vaultOf(settings, file) },
    { settings, json: options.json },
  );
  return EXIT.ok;
}

/** As people write it: without https://, which is what is meant where nothing is said. */
const domainOf = ({ origin, host }: OktaSettings): string =>
  origin.startsWith('https://') ? host : origin;

/** The file as arx.yaml names it: relative where it lies below the folder of arx.yaml. */
function vaultOf({ baseDir }: Settings, file: string): string {
  const path = relative(baseDir, file);
  return path.startsWith('..') ? file : `./${path}`;
}

interface Stored {
  domain: string;
  file: string;
  vault: string;
}

/** What the commands that follow use: this file, or what goes before it. */
function effectiveSource(
  { arx: env, config }: Settings,
  { file, vault }: Stored,
): 'named' | 'found' | 'other' {
  const source = oktaSource({ env, config });
  if (source === 'vault') return config.credentials.okta?.vault === vault ? 'named' : 'other';
  return source === 'stored' && file === credentialsPath(env.home) ? 'found' : 'other';
}

async function tell(
  io: Io,
  stored: Stored,
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
  if (used === 'named') return printNote(io, 'arx.yaml names the file already.');
  if (used === 'found')
    return printNote(
      io,
      'arx uses it from now on: no variable of Okta is set, and arx.yaml names nothing.',
    );
  printNote(
    io,
    'It is not used yet: variables of Okta, or what arx.yaml names, go before it, and other places must be named.',
  );
  printNote(
    io,
    `So add this to ${settings.file?.path ?? 'arx.yaml'}; OKTA_DOMAIN and OKTA_API_TOKEN are not read then:`,
  );
  await print(io, `credentials:\n  okta:\n    vault: ${yamlText(vault)}`);
}

// What JSON quotes YAML reads as the same text.
const yamlText = (text: string): string => (/^[\w./-]+$/.test(text) ? text : JSON.stringify(text));
