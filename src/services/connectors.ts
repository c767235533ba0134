import type { ArxConfig } from '../config/schema/schema.ts';
import { guardrailsOf } from '../config/schema/guardrails.ts';
import { authoritySources } from '../governance/authority.ts';
import type { AuthoritySource } from '../governance/authority.ts';
import type { ResourceSet } from '../flows/types.ts';
import type { ConnectorSettings } from '../connectors/create.ts';
import type { Quota } from '../connectors/rate-limit/types.ts';
import type { Connectors } from '../connectors/types.ts';
import type { Store } from '../store/types.ts';

type Composed = 'authority' | 'journal' | 'guardrails' | 'now' | 'quota' | 'buckets';

/** What differs between the processes that call vendors. */
export interface ConnectorParts extends Omit<ConnectorSettings, Composed> {
  config: ArxConfig;
  store: Pick<Store, 'authorityGroups' | 'flowSettings' | 'journal' | 'rateBuckets'>;
  /** The resource sets of files that may not be in the store yet. */
  resourceSets?: () => readonly ResourceSet[];
  /**
   * The share of Okta's rate limits: `configured` for work on many users, `whole` for the few
   * look-ups that a user waits for.
   */
  share: 'configured' | 'whole';
}

/**
 * Composes the governed connectors over a store and the configuration, for the command line, the
 * server and the worker. Loads the connectors only when it is called.
 */
export async function composeConnectors({
  config,
  store,
  share,
  resourceSets = () => [],
  ...parts
}: ConnectorParts): Promise<Connectors> {
  const { createConnectors } = await import('../connectors/create.ts');
  return createConnectors({
    ...parts,
    journal: store.journal,
    guardrails: () => guardrailsOf(config),
    now: () => new Date(),
    quota: share === 'configured' ? quotaOf(config) : WHOLE_QUOTA,
    buckets: store.rateBuckets,
    authority: {
      sources: async () => await readAuthority({ config, store, resourceSets, ...parts }),
      known: () => store.authorityGroups.known(parts.okta?.host ?? ''),
    },
  });
}

/** Every user and group from which arx takes authority now. */
export async function readAuthority({
  config,
  store,
  bundle,
  resourceSets = () => [],
}: Pick<ConnectorParts, 'bundle' | 'config' | 'resourceSets'> & {
  store: Pick<Store, 'flowSettings'>;
}): Promise<AuthoritySource[]> {
  const loaded = bundle();
  return authoritySources({
    defaultApprovers: config.approvals.default_approvers,
    policies: loaded.ok ? loaded.policies : [],
    resourceSets: [...(await store.flowSettings.sets()), ...resourceSets()],
  });
}

const WHOLE_QUOTA: Quota = { share: 1, reserve: 0, warningThreshold: false };

/** How much of Okta's limits the configuration allows. */
export const quotaOf = ({ quota }: ArxConfig): Quota => ({
  share: quota.share,
  reserve: quota.reserve,
  warningThreshold: quota.warning_threshold,
});
