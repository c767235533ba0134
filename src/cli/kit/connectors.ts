import { guardrailsOf } from '../../config/schema/guardrails.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import type { OktaSettings } from '../../config/env/okta-env.ts';
import type { ConnectorSettings } from '../../connectors/create.ts';
import type { Connectors } from '../../connectors/types.ts';
import type { Store } from '../../store/types.ts';
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

/** Like `oktaOf`, but with Okta settings that are not stored yet, or with the quota of a scan. */
export async function oktaWith(
  settings: Settings,
  given: { store: Store; okta: OktaSettings } & Partial<
    Pick<ConnectorSettings, 'observe' | 'quota'>
  >,
): Promise<Connectors['okta']> {
  const { createConnectors } = await import('../../connectors/create.ts');
  const bundle = policiesOf(settings);
  const { okta } = createConnectors({
    okta: given.okta,
    journal: given.store.journal,
    bundle: () => bundle,
    guardrails: () => guardrailsOf(settings.config),
    now: () => new Date(),
    timeoutMs: 10_000,
    quota: given.quota ?? { share: 1, reserve: 0, warningThreshold: false },
    buckets: given.store.rateBuckets,
    observe: given.observe,
  });
  return okta;
}
