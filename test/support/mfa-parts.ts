/** The parts of the MFA check in this process: a real store, and connectors over emulated vendors. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { MfaDeps } from '../../src/activities/mfa/deps.ts';
import { isGateway } from '../../src/config/env/jira-address.ts';
import { checkSettings } from '../../src/config/schema/check-settings.ts';
import { configSchema } from '../../src/config/schema/schema.ts';
import { Secret } from '../../src/config/env/secret.ts';
import { createConnectors } from '../../src/connectors/create.ts';
import { authoritySources } from '../../src/governance/authority.ts';
import type { AccountVendors } from '../../src/connectors/accounts.ts';
import type { Connectors } from '../../src/connectors/types.ts';
import type { Store } from '../../src/store/types.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import type { PolicyBundle } from '../../src/governance/types.ts';
import { bundleOf } from './policies.ts';

const POLICIES = bundleOf('policies/*.yaml');
/** Waits between searches for a ticket whose creation is uncertain, milliseconds. */
const SETTLE_MS = [600, 700];

type Bundle = PolicyBundle & { ok: true };

export interface MfaParts extends MfaDeps {
  store: Store;
  connectors: Connectors;
}

export function mfaParts(
  store: Store,
  { document }: RunningEmulators,
  now: () => Date = () => new Date(),
  defaultApprovers: readonly string[] = ['group:Approvers'],
  policies: Bundle | (() => Bundle) = POLICIES,
  accounts: AccountVendors = {},
): MfaParts {
  const policiesNow = () => (typeof policies === 'function' ? policies() : policies);
  const { host } = new URL(document.okta);
  const config = configSchema.parse({ version: 1, scan: { max_unknown: 1, max_drop: 1 } });
  const settings = checkSettings(config);
  const connectors = createConnectors({
    okta: {
      origin: document.okta,
      host,
      credential: { kind: 'ssws', token: new Secret(document.tokens.okta) },
    },
    jira: {
      origin: document.jira,
      site: isGateway(document.jira) ? null : document.jira,
      edition: document.jiraEdition,
      email: document.jiraEdition === 'cloud' ? document.tokens.jiraEmail : null,
      token: new Secret(document.tokens.jira),
      projectKey: document.jiraProject,
    },
    slack: { apiUrl: document.slack, token: new Secret(document.tokens.slack) },
    ...accounts,
    journal: store.journal,
    bundle: policiesNow,
    guardrails: () => ({ riskMax: {} }),
    now,
    confirm: () => store.attempts.check(),
    grants: { useUp: (requestId, use, tx) => store.grants.useUp(tx, requestId, use) },
    quota: { share: 1, reserve: 0, warningThreshold: false },
    authority: {
      sources: async () =>
        authoritySources({ defaultApprovers, policies: policiesNow().policies, resourceSets: [] }),
      known: () => store.authorityGroups.known(host),
    },
  });
  return {
    store,
    connectors,
    settings: () => ({ ...settings, tickets: { ...settings.tickets, settleMs: SETTLE_MS } }),
    surroundings: {
      org: host,
      jiraProject: document.jiraProject,
      slackChannel: document.slackChannel,
    },
    flushCalls: async () => undefined,
    searchable: () => false,
    checkpoint: async () => null,
    now,
    random: () => 0,
  };
}

const QUIET = { logger: new DefaultLogger('ERROR', () => undefined) };

/** Runs `work` as attempt number `attempt` of an activity. */
export function inActivity<Result>(work: () => Promise<Result>, attempt = 1): Promise<Result> {
  return new MockActivityEnvironment({ attempt, scheduledTimestampMs: Date.now() }, QUIET).run(
    work,
  ) as Promise<Result>;
}
