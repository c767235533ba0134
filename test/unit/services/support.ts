import { createEnricher } from '../../../src/services/enrichment/enricher.ts';
import { forgetOnWrite } from '../../../src/services/enrichment/forget-on-write.ts';
import type { Enricher } from '../../../src/services/enrichment/types.ts';
import { enrichmentSettings } from '../../../src/config/schema/enrichment-settings.ts';
import { configSchema } from '../../../src/config/schema/schema.ts';
import type { ConnectorSettings } from '../../../src/connectors/create.ts';
import type { Caller } from '../../../src/connectors/types.ts';
import type { NewUser } from '../../../emulators/okta/model.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import type { Store } from '../../../src/store/types.ts';
import { emulatedHarness } from '../connectors/support/emulated.ts';

export const CALLER: Caller = {
  principal: 'workflow:enrich-account',
  authenticatedBy: 'none',
  surface: 'api',
  workflowId: 'enrich/test',
  run: 'r1',
};

/** One account of each kind that matching must tell apart. */
export const PEOPLE: NewUser[] = [
  {
    login: 'ann@example.com',
    factors: [{ type: 'push' }, { type: 'token:software:totp' }],
    groups: ['Engineering'],
    roles: ['SUPER_ADMIN'],
    lastLogin: '2026-01-01T00:00:00.000Z',
    profile: {
      email: 'ann.lee@example.com',
      department: 'Engineering',
      title: 'Senior Developer',
      manager: 'Bo',
    },
  },
  { login: 'annette@example.com' },
  { login: 'ann.lee2@example.com' },
  { login: 'Bob+Ops@Example.com' },
  { login: 'svc/backup@example.com' },
  { login: 'cy@example.com' },
  { login: 'cy@other.example' },
  { login: 'gone@example.com', status: 'DEPROVISIONED' },
];

/** The enricher of one process, for an emulated organisation and a store. */
export function enricherOver(
  emulators: RunningEmulators,
  store: Store,
  {
    enrichment = {},
    host,
    ...over
  }: Partial<ConnectorSettings> & { enrichment?: object; host?: string } = {},
) {
  const config = configSchema.parse({ version: 1, enrichment });
  const { connectors } = emulatedHarness(emulators.document, {
    journal: store.journal,
    now: () => new Date(),
    onWrite: forgetOnWrite(store.enrichments, host ?? new URL(emulators.document.okta).host),
    ...over,
  });
  const parts = { connectors: host === undefined ? connectors : { ...connectors, oktaHost: host } };
  const enricher = createEnricher({
    ...parts,
    enrichments: store.enrichments,
    settings: () => enrichmentSettings(config),
    now: () => new Date(),
  });
  return { enricher, connectors };
}

/** Looks up one account as the command line does. */
export async function one(enricher: Enricher, account: string, more: { refresh?: boolean } = {}) {
  const [found] = await enricher.enrich([account], { caller: CALLER, ...more });
  if (!found) throw new Error('no answer');
  return found.okta;
}
