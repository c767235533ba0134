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
import { personOfSlack } from './slack/people.ts';
import type { SlackReader } from './slack/people.ts';
import type { Person, ServerParts } from './types.ts';

/** What is open already when the parts are put together. */
export interface Composition extends ServiceConfig {
  env: ArxEnv;
  store: Store;
  link: TemporalLink;
  log: Logger;
}

/** In whose name the key that signs decisions is made, where there is none yet. */
const KEY_ACTOR = {
  principal: 'workflow:server',
  authenticatedBy: 'none',
  surface: 'api',
} as const;
const TEMPORAL_WITHIN_MS = 2_000;
/** As often as the worker looks at its policies. */
const POLICIES_FRESH_MS = 2_000;

/**
 * Puts the parts of the server together. Throws ConfigError, and KeyRevokedError where it could
 * sign nothing.
 */
export async function compose(composition: Composition): Promise<ServerParts> {
  const { env, store, link, log } = composition;
  const ring = { env, store, actor: KEY_ACTOR };
  await signingKey(ring);
  const connectors = await connectorsOf(composition);
  const reader: SlackReader = {
    okta: connectors.okta,
    slack: connectors.slack,
    context: contextOf,
  };
  return {
    store,
    slackSecret: slackSigningSecret(env),
    personOfSlack: (userId) => personOfSlack(reader, userId),
    personOf: async (reference) => activePerson(await findUser(reader, reference)),
    // Read anew for each decision: the key may have been replaced.
    decide: async (request, proven) => {
      const signed = createSignedDecision(request, proven, await signingKey(ring));
      return deliver(link, request, { ...signed, verdict: proven.verdict });
    },
    enricher: await enricherOf(composition),
    enrichmentsPerMinute: () => composition.config.enrichment.requests_per_minute,
    flows: composeFlows({ ...composition, connectors }),
    askTemporal: () => askTemporal(link),
    counters: new Counters(),
    now: () => new Date(),
    log,
  };
}

function activePerson(user: (Person & { status: string }) | null): Person | null {
  return user?.status === 'ACTIVE' ? { id: user.id, login: user.login } : null;
}

/** Okta and Slack behind the governed pipeline, by the policies as they are at each call. */
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
 * Enrichment takes its share of the rate limits as a worker does; policies hold two seconds after
 * their files changed.
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
    bundle: fresh(() => policyBundle(policies)),
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
 * What `read` gave a moment ago, else what it gives now: reading files for each request would hold
 * all of them up.
 */
function fresh<Value>(read: () => Value): () => Value {
  let last: { value: Value; at: number } | null = null;
  return () => {
    if (last === null || performance.now() - last.at > POLICIES_FRESH_MS)
      last = { value: read(), at: performance.now() };
    return last.value;
  };
}

function contextOf<Output>(subject: string): CallContext<Output> {
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
