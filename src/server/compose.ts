import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { TemporalLink } from '../client.ts';
import { deliver } from '../services/approvals/decisions.ts';
import { createEnricher } from '../services/enrichment/enricher.ts';
import type { Enricher } from '../services/enrichment/types.ts';
import { findUser } from '../services/approvals/okta-users.ts';
import { createSignedDecision } from '../services/approvals/signed-decision.ts';
import { signingKey } from '../services/approvals/signing-key.ts';
import { oktaSettings } from '../config/env/credentials.ts';
import { enrichmentSettings } from '../config/schema/enrichment-settings.ts';
import type { ArxEnv } from '../config/env/env.ts';
import { guardrailsOf } from '../config/schema/guardrails.ts';
import { policyBundle } from '../config/policies/policies.ts';
import type { ServiceConfig } from '../config/yaml/service-config.ts';
import { requireSlack, slackSigningSecret } from '../config/env/vendors.ts';
import type { CallContext, Connectors } from '../connectors/types.ts';
import { CATALOGUE } from '../governance/catalogue.ts';
import { bundleDigest } from '../governance/digest.ts';
import type { Store } from '../store/types.ts';
import { composeFlows } from './flows.ts';
import { Counters } from './metrics.ts';
import { findUserBySlackId } from './slack/users.ts';
import type { SlackReader } from './slack/users.ts';
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
    // Read again for each decision, because the key may have been replaced.
    decide: async (request, proven) => {
      const signed = createSignedDecision(request, proven, await signingKey(ring));
      return deliver(link, request, { ...signed, verdict: proven.verdict });
    },
    enricher: await enricherOf(composition),
    enrichmentsPerMinute: () => composition.config.enrichment.requests_per_minute,
    flows: composeFlows({ ...composition, connectors }),
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
async function connectorsOf({ env, config, baseDir, store }: Composition): Promise<Connectors> {
  const { createConnectors } = await import('../connectors/create.ts');
  const policies = {
    patterns: config.policies,
    baseDir,
    catalogue: CATALOGUE,
    digest: bundleDigest,
  };
  return createConnectors({
    okta: await oktaSettings({ env, config, baseDir }),
    slack: env.source.find('SLACK_BOT_TOKEN') ? requireSlack(env) : undefined,
    journal: store.journal,
    bundle: () => policyBundle(policies),
    guardrails: () => guardrailsOf(config),
    now: () => new Date(),
    timeoutMs: 10_000,
    quota: { share: 1, reserve: 0, warningThreshold: false },
    buckets: store.rateBuckets,
  });
}

/**
 * Enrichment respects the same share of the rate limits as a worker. Policy changes take effect
 * within two seconds.
 */
async function enricherOf({ env, config, baseDir, store }: Composition): Promise<Enricher> {
  const { createConnectors } = await import('../connectors/create.ts');
  const policies = {
    patterns: config.policies,
    baseDir,
    catalogue: CATALOGUE,
    digest: bundleDigest,
  };
  const { share, reserve, warning_threshold: warningThreshold } = config.quota;
  const connectors = createConnectors({
    okta: await oktaSettings({ env, config, baseDir }),
    journal: store.journal,
    bundle: createCache(() => policyBundle(policies)),
    guardrails: () => guardrailsOf(config),
    now: () => new Date(),
    quota: { share, reserve, warningThreshold },
    buckets: store.rateBuckets,
  });
  const settings = enrichmentSettings(config);
  return createEnricher({
    connectors,
    enrichments: store.enrichments,
    settings: () => settings,
    now: () => new Date(),
  });
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
