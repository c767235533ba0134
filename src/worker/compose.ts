import type { EnrichActivities } from '../activities/enrichment/types.ts';
import type { FlowActivities } from '../activities/flows/types.ts';
import type { GovernedActivities } from '../activities/governance/types.ts';
import type { SyncActivities } from '../activities/twin/types.ts';
import type { MfaActivities } from '../activities/mfa/types.ts';
import type { MetricMeter } from '@temporalio/common';
import type { Logger } from 'pino';
import { createEnrichActivities } from '../activities/enrichment/create.ts';
import { createGovernedActivities } from '../activities/governance/create.ts';
import { createActivities } from '../activities/index.ts';
import { currentAttempt } from '../activities/support/running.ts';
import { createSyncActivities } from '../activities/twin/create.ts';
import { composeConnectors } from '../services/connectors.ts';
import { openConfiguredSink, sinkReporter } from '../services/audit/sink.ts';
import { createEnricher } from '../services/enrichment/enricher.ts';
import { forgetOnWrite } from '../services/enrichment/forget-on-write.ts';
import { accountVendors } from '../config/env/account-vendors.ts';
import { approvalSettings } from '../config/schema/approval-settings.ts';
import { originOf } from '../audit/checkpoint.ts';
import { auditKey } from '../config/env/audit-key.ts';
import type { ArxEnv } from '../config/env/env.ts';
import { checkSettings } from '../config/schema/check-settings.ts';
import { enrichmentSettings } from '../config/schema/enrichment-settings.ts';
import { ConfigError } from '../config/errors.ts';
import { loadEventRules, NO_EVENT_RULES } from '../config/events/event-rules.ts';
import { flowSettings } from '../config/flows/flow-settings.ts';
import { oktaSettings, oktaSource } from '../config/env/credentials.ts';
import { configSchema } from '../config/schema/schema.ts';
import { syncSettings } from '../config/schema/twin-settings.ts';
import type { ServiceConfig } from '../config/yaml/service-config.ts';
import { requireJira, requireSlack } from '../config/env/vendors.ts';
import { CATALOGUE } from '../governance/catalogue.ts';
import { bundleDigest } from '../governance/digest.ts';
import { watchCheckpoints } from '../store/journal/checkpoint-watch.ts';
import type { CheckpointWatch } from '../store/journal/checkpoint-watch.ts';
import { keyHolder } from '../store/journal/key-file.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/types.ts';
import { CallCounter } from './call-counter.ts';
import { createCounters } from './counters.ts';
import { watchFlows } from '../services/flows/watch-flows.ts';
import { composeFlows } from './flows.ts';
import { watchPolicies } from './watch-policies.ts';

/** What the worker runs, and how to close it. */
export interface WorkerParts {
  activities: MfaActivities &
    SyncActivities &
    GovernedActivities &
    EnrichActivities &
    FlowActivities;
  /** Whether the store answers. */
  ping: () => Promise<void>;
  close: () => Promise<void>;
}

export interface Composition extends ServiceConfig {
  env: ArxEnv;
  log: Logger;
  /** Where the counters are registered. */
  meter: MetricMeter;
  /** Whether the server has the search attributes of arx. */
  searchable: () => boolean;
}

const now = (): Date => new Date();

/**
 * Composes store, connectors and activities. Throws ConfigError for errors that the user can fix.
 */
export async function compose({
  env,
  log,
  meter,
  searchable,
  ...usual
}: Composition): Promise<WorkerParts> {
  const { config, baseDir } = usual;
  const okta = await oktaSettings({ env, config, baseDir });
  log.info({ source: oktaSource({ env, config }) }, 'read the Okta credentials');
  const jira = optionalVendor(env, ['JIRA_URL', 'JIRA_API_TOKEN', 'JIRA_PROJECT_KEY'], requireJira);
  const slack = optionalVendor(env, ['SLACK_BOT_TOKEN', 'SLACK_CHANNEL'], requireSlack);
  const accounts = accountVendors(env);
  const rules = loadEventRules({ ...usual, patterns: config.twin.event_rules });
  if (rules.length === 0) log.warn(NO_EVENT_RULES);
  const opened = await openWorkerStore(env);
  const sink = await openConfiguredSink(opened, { env, ...usual, report: sinkReporter(log) });
  if (sink) opened.journal = sink.journal;
  const checkpoints = checkpointsOf(env, opened, { org: okta.host, log });
  const counters = createCounters(meter);
  const store = { ...opened, journal: counters.journal(checkpoints.journal) };
  const options = {
    patterns: config.policies,
    baseDir,
    catalogue: CATALOGUE,
    digest: bundleDigest,
  };
  const policies = await watchPolicies(options, store.journal, now);
  const counter = new CallCounter(store.calls);
  const flowSource = watchFlows(baseDir, log);
  const connectors = await composeConnectors({
    config,
    store,
    resourceSets: () => flowSource.flowConfig().sets,
    share: 'configured',
    okta,
    jira: jira ?? undefined,
    slack: slack ?? undefined,
    ...accounts,
    bundle: policies.bundle,
    onWrite: forgetOnWrite(store.enrichments, okta.host),
    grants: { useUp: (requestId, use, tx) => store.grants.useUp(tx, requestId, use) },
    confirm: () => store.attempts.check(),
    observe: (event) => {
      counter.observe(event);
      counters.countCall(event);
    },
  });
  const flushCalls = (): Promise<void> => counter.flush();
  const shared = { store, connectors, flushCalls, now, random: Math.random };
  const activities = createActivities({
    settings: (snapshot) =>
      checkSettings(snapshot === null ? config : configSchema.parse(snapshot)),
    surroundings: {
      org: okta.host,
      jiraProject: jira?.projectKey ?? null,
      slackChannel: slack?.channel ?? null,
    },
    ...shared,
    searchable,
    checkpoint: checkpoints.checkpoint,
  });
  const sync = createSyncActivities({
    org: okta.host,
    settings: (snapshot) => syncSettings(snapshot === null ? config : configSchema.parse(snapshot)),
    rules,
    ...shared,
  });
  const governedDeps = { settings: () => approvalSettings(config), org: okta.host, ...shared };
  const governed = createGovernedActivities(governedDeps);
  const serviceSettings = () => flowSettings(config, okta.host);
  const { flowConfig } = flowSource;
  const flowActivities = composeFlows({ ...governedDeps, serviceSettings, flowConfig, searchable });
  const enrichment = enrichmentSettings(config);
  const enricher = createEnricher({
    connectors,
    enrichments: store.enrichments,
    settings: () => enrichment,
    now,
  });
  const enrichActivities = createEnrichActivities({ enricher, ...shared });
  return {
    activities: {
      ...counters.activities(activities),
      ...sync,
      ...governed,
      ...enrichActivities,
      ...flowActivities,
    },
    ping: () => store.ping(),
    close: async () => {
      policies.close();
      flowSource.close();
      await counter.close();
      await checkpoints.close();
      await sink?.close();
      await store.close();
    },
  };
}

/** A vendor's settings; null if none of its variables is set. */
function optionalVendor<T>(
  env: ArxEnv,
  names: readonly string[],
  read: (env: ArxEnv) => T,
): T | null {
  return names.some((name) => env.source.find(name)) ? read(env) : null;
}

async function openWorkerStore(env: ArxEnv): Promise<Store> {
  if (!env.databaseUrl) {
    const remedy =
      'Set DATABASE_URL, or let `arx up` or --local start the worker with the embedded store.';
    throw new ConfigError('missing_variable', 'DATABASE_URL is not set', remedy, {
      path: 'DATABASE_URL',
    });
  }
  const databaseUrl = env.databaseUrl.reveal();
  const store = await openStore({ databaseUrl, patienceMs: 30_000, currentAttempt });
  await store.migrate();
  return store;
}

/**
 * Signs the audit trail with checkpoints; without a usable key the worker continues and logs that.
 */
function checkpointsOf(
  env: ArxEnv,
  store: Store,
  { org, log }: { org: string; log: Logger },
): CheckpointWatch {
  const readAuditKey = (): string | null => auditKey(env)?.reveal() ?? null;
  // Reports a malformed key now rather than at the end of the first run.
  readAuditKey();
  const holder = keyHolder(env.home, readAuditKey);
  const report = ({ name, message }: Error): void =>
    log.error({ error: name }, `no audit checkpoint: ${message}`);
  return watchCheckpoints({ store, holder, now }, { origin: originOf(org), report });
}
