import { oktaSettings } from '../config/env/credentials.ts';
import { integrationCards } from '../services/integrations/cards.ts';
import { composeConnectors } from '../services/connectors.ts';
import { testOktaPermissions } from '../services/integrations/test-okta.ts';
import type { PolicyBundle } from '../governance/types.ts';
import type { Composition } from './compose.ts';
import type { ServerIntegrations } from './types.ts';

const TESTER = { authenticatedBy: 'key', surface: 'api' } as const;

/** Composes what the routes do with the vendors. Credentials are read again for each test. */
export function composeIntegrations(
  { env, config, baseDir, store }: Composition,
  bundle: () => PolicyBundle,
): ServerIntegrations {
  const source = { env, config, baseDir };
  return {
    cards: () => integrationCards(source, store),
    testOkta: async () => {
      const okta = await oktaSettings(source);
      const parts = { config, store, share: 'whole', timeoutMs: 10_000, okta, bundle } as const;
      const connect = async (observe: Parameters<Parameters<typeof testOktaPermissions>[1]>[0]) =>
        (await composeConnectors({ ...parts, observe })).okta;
      return testOktaPermissions(okta, connect, TESTER);
    },
  };
}
