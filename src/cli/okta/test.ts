import type { CallEvent } from '../../connectors/transport/exchange.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import type { OktaOptions } from './command.ts';
import { oktaWith } from '../kit/connectors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, writeJson } from '../kit/io.ts';
import { printOktaSource } from '../kit/okta-source.ts';
import { loadSettings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { tryCapabilities } from './capabilities.ts';
import type { Capability } from './capabilities.ts';

/**
 * `arx okta test`: tests the connection, and every permission that a sync needs, through the
 * governed connector, because calls that cannot be audited are not sent. Never writes to Okta.
 */
export async function testOkta(io: Io, options: OktaOptions): Promise<ExitCode> {
  const settings = await loadSettings(io, options);
  printOktaSource(io, settings);
  const { arx, config, baseDir } = settings;
  const okta = await oktaSettings({ env: arx, config, baseDir });
  const capabilities = await withStore(
    io,
    async (store) => {
      let last: CallEvent | null = null;
      const call = await oktaWith(settings, { store, okta, observe: (event) => (last = event) });
      return tryCapabilities({ okta: call, lastExchange: () => last });
    },
    { create: true },
  );
  const { host, credential } = okta;
  const document = {
    schema: 'arx.permissions/v1',
    org: host,
    credential: credential.kind,
    capabilities,
  };
  if (options.json) await writeJson(io, { ...document, items: capabilities });
  else {
    const { permissionsText } = await import('./render.ts');
    await print(io, permissionsText(document, io.colors.out));
  }
  return exitOf(capabilities);
}

/** A refused credential takes precedence, because it explains all other failures. */
function exitOf(capabilities: readonly Capability[]): ExitCode {
  if (capabilities.some(({ probes }) => probes.some(({ code }) => code === 'unauthenticated')))
    return EXIT.authentication;
  if (capabilities.some(({ state }) => state === 'denied')) return EXIT.incomplete;
  return capabilities.every(({ state }) => state === 'ok') ? EXIT.ok : EXIT.error;
}
