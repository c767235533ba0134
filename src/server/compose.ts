import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { TemporalLink } from '../client.ts';
import { workflowEnds } from '../client/flow-ends.ts';
import { ChangeFeed } from '../services/audit/change-feed.ts';
import { closeEndedApprovals } from '../services/approvals/close-ended-approvals.ts';
import { deliver } from '../services/approvals/decisions.ts';
import { composeConnectors } from '../services/connectors.ts';
import { createEnricher } from '../services/enrichment/enricher.ts';
import type { Enricher } from '../services/enrichment/types.ts';
import { findUser, isSuperAdministratorNow } from '../services/approvals/okta-users.ts';
import { createSignedDecision } from '../services/approvals/signed-decision.ts';
import { signingKey } from '../services/approvals/signing-key.ts';
import { oktaSettings } from '../config/env/credentials.ts';
import { enrichmentSettings } from '../config/schema/enrichment-settings.ts';
import type { ArxEnv } from '../config/env/env.ts';
import { policyBundle } from '../config/policies/policies.ts';
import type { ServiceConfig } from '../config/yaml/service-config.ts';
import { requireSlack, slackSigningSecret } from '../config/env/vendors.ts';
import type { CallContext, Connectors } from '../connectors/types.ts';
import { CATALOGUE } from '../governance/catalogue.ts';
import { bundleDigest } from '../governance/digest.ts';
import type { PolicyBundle } from '../governance/types.ts';
import type { Store } from '../store/types.ts';
import { composeChecks } from './checks.ts';
import { composeFlows } from './flows.ts';
import { composeIntegrations } from './integrations.ts';
import { Counters } from './metrics.ts';
import { findUserBySlackId } from './slack/users.ts';
import type { SlackReader } from './slack/users.ts';
import { composeTwin } from './twin.ts';
import type { ActiveUser, ServerParts } from './types.ts';

/** Configuration and open connections that the server is composed of. */
export interface Composition extends ServiceConfig {
  env: ArxEnv;
  store: Store;
  link: TemporalLink;
  log: Logger;
}

/** The recorded creator of the key that signs decisions, if the server creates it. */
const KEY_ACTOR = {
  principal: 'workflow:server',
  authenticatedBy: 'none',
  surface: 'api',
} as const;
const TEMPORAL_WITHIN_MS = 2_000;
/** The worker checks its policy files as often. */
const POLICIES_CACHED_MS = 2_000;

/**
 * Composes the parts of the server. Throws ConfigError, and KeyRevokedError if the signing key is
 * revoked.
 */
export async function compose(composition: Composition): Promise<ServerParts> {
  const { env, store, link, log } = composition;
  const ring = { env, store, actor: KEY_ACTOR };
  await signingKey(ring);
  const connectors = await connectorsOf(composition);
  const reader: SlackReader = {
    okta: connectors.okta,
    slack: connectors.slack,
    context: callContext,
  };
  return {
    store,
    slackSecret: slackSigningSecret(env),
    findUserBySlackId: (userId) => findUserBySlackId(reader, userId),
    findUser: async (reference) => activeUser(await findUser(reader, reference)),
    isSuperAdministrator: (login) => isSuperAdministratorNow(reader, login),
    // Read again for each decision, because the key may have been replaced.
    decide: async (request, proven) => {
      const signed = createSignedDecision(request, proven, await signingKey(ring));
      return deliver(link, request, { ...signed, verdict: proven.verdict });
    },
    approvalsPerMinute: () => composition.config.approvals.requests_per_minute,
    closeEnded: (records) =>
      closeEndedApprovals(
        { store, ends: workflowEnds(async () => link), now: () => new Date() },
        records,
      ),
    enricher: await enricherOf(composition),
    enrichmentsPerMinute: () => composition.config.enrichment.requests_per_minute,
    flows: composeFlows({ ...composition, connectors }),
    checks: composeChecks(composition),
    twin: composeTwin(composition),
    feed: new ChangeFeed(store),
    integrations: composeIntegrations(composition, policiesOf(composition)),
    policies: {
      config: composition.config,
      baseDir: composition.baseDir,
      bundle: createCache(policiesOf(composition)),
    },
    requestsPerMinute: () => composition.config.api.requests_per_minute,
    pingTemporal: () => askTemporal(link),
    counters: new Counters(),
    now: () => new Date(),
    log,
  };
}

function activeUser(user: (ActiveUser & { status: string }) | null): ActiveUser | null {
  return user?.status === 'ACTIVE' ? { id: user.id, login: user.login } : null;
}

/** Okta and Slack behind the governed pipeline; policies are read for each call. */
async function connectorsOf(composition: Composition): Promise<Connectors> {
  const { env, config, baseDir, store } = composition;
  return composeConnectors({
    config,
    store,
    share: 'whole',
    timeoutMs: 10_000,
    okta: await oktaSettings({ env, config, baseDir }),
    slack: env.source.find('SLACK_BOT_TOKEN') ? requireSlack(env) : undefined,
    bundle: policiesOf(composition),
  });
}

/**
 * Enrichment respects the same share of the rate limits as a worker. Policy changes take effect
 * within two seconds.
 */
async function enricherOf(composition: Composition): Promise<Enricher> {
  const { env, config, baseDir, store } = composition;
  const connectors = await composeConnectors({
    config,
    store,
    share: 'configured',
    okta: await oktaSettings({ env, config, baseDir }),
    bundle: createCache(policiesOf(composition)),
  });
  const settings = enrichmentSettings(config);
  return createEnricher({
    connectors,
    enrichments: store.enrichments,
    settings: () => settings,
    now: () => new Date(),
  });
}

/** Loads the policies, at each call. */
function policiesOf({ config, baseDir }: Composition): () => PolicyBundle {
  const options = {
    patterns: config.policies,
    baseDir,
    catalogue: CATALOGUE,
    digest: bundleDigest,
  };
  return () => policyBundle(options);
}

/**
 * Caches the result of `read` for two seconds: reading files for each request would slow all of
 * them down.
 */
function createCache<Value>(read: () => Value): () => Value {
  let last: { value: Value; at: number } | null = null;
  return () => {
    if (last === null || performance.now() - last.at > POLICIES_CACHED_MS)
      last = { value: read(), at: performance.now() };
    return last.value;
  };
}

function callContext<Output>(subject: string): CallContext<Output> {
  const run = randomUUID();
  const caller = {
    principal: 'workflow:governed-operations',
    authenticatedBy: 'none',
    surface: 'api',
  } as const;
  return {
    caller: { ...caller, workflowId: `sign-in/${run}`, run },
    subject,
    priority: 'interactive',
  };
}

const askTemporal = ({ client, namespace }: TemporalLink): Promise<void> =>
  client.withDeadline(Date.now() + TEMPORAL_WITHIN_MS, async () => {
    await client.workflowService.describeNamespace({ namespace });
  });
