import { oktaSettings } from '../../config/env/credentials.ts';
import type { OktaSettings } from '../../config/env/okta-env.ts';
import type { Connectors } from '../../connectors/types.ts';
import { composeConnectors } from '../../services/connectors.ts';
import type { ConnectorParts } from '../../services/connectors.ts';
import type { Store } from '../../store/types.ts';
import { withConfiguredSink } from './audit-sink.ts';
import { policiesOf } from './inspect.ts';
import type { Settings } from './settings.ts';

/**
 * The governed Okta connector, for the few look-ups that commands make themselves. Throws
 * ConfigError.
 */
export async function oktaOf(settings: Settings, store: Store): Promise<Connectors['okta']> {
  const { arx, config, baseDir } = settings;
  return oktaWith(settings, { store, okta: await oktaSettings({ env: arx, config, baseDir }) });
}

/** Like `oktaOf`, but with Okta settings that are not stored yet, or with the rate-limit share of a scan. */
export async function oktaWith(
  settings: Settings,
  given: { store: Store; okta: OktaSettings } & Partial<Pick<ConnectorParts, 'observe' | 'share'>>,
): Promise<Connectors['okta']> {
  const bundle = policiesOf(settings);
  const { okta } = await composeConnectors({
    config: settings.config,
    share: 'whole',
    timeoutMs: 10_000,
    bundle: () => bundle,
    ...given,
    store: await withConfiguredSink(settings, given.store),
  });
  return okta;
}
