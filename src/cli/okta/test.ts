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
import type { Capability } from '../../services/integrations/capabilities.ts';
import { testOktaPermissions } from '../../services/integrations/test-okta.ts';

const TESTER = { authenticatedBy: 'cli', surface: 'cli' } as const;

/**
 * `arx okta test`: tests the connection, and every permission that a sync needs, through the
 * governed connector, because calls that cannot be audited are not sent. Never writes to Okta.
 */
export async function testOkta(io: Io, options: OktaOptions): Promise<ExitCode> {
  const settings = await loadSettings(io, options);
  printOktaSource(io, settings);
  const { arx, config, baseDir } = settings;
  const okta = await oktaSettings({ env: arx, config, baseDir });
  const document = await withStore(
    io,
    (store) =>
      testOktaPermissions(okta, (observe) => oktaWith(settings, { store, okta, observe }), TESTER),
    { create: true },
  );
  const { capabilities } = document;
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
