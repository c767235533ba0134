/** The activities of governed operations in this process: a real store and emulated vendors. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/activity';
import { vendorEnvironment } from '../../src/cli/demo/home.ts';
import { accountVendors } from '../../src/config/env/account-vendors.ts';
import { readEnv } from '../../src/config/env/env.ts';
import type { AccountVendors } from '../../src/connectors/accounts.ts';
import { createGovernedActivities } from '../../src/activities/governance/create.ts';
import type { GovernedActivities, OpenedRequest } from '../../src/activities/governance/types.ts';
import type { ApprovalSettings } from '../../src/config/schema/approval-settings.ts';
import type { Store } from '../../src/store/types.ts';
import type { GovernedOperationInput } from '../../src/workflows/messages.ts';
import { startEmulators } from '../../emulators/start.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import type { Policy } from '../../src/governance/types.ts';
import { bundle, bundleOf } from './policies.ts';
import { inActivity, mfaParts } from './mfa-parts.ts';

const START = Date.parse('2026-03-02T08:00:00.000Z');
const INCLUDED = bundleOf('policies/*.yaml').policies;
const HOUR_MS = 3_600_000;

export interface GovernedParts {
  activities: GovernedActivities;
  emulators: RunningEmulators;
  /** May be changed: the next activity goes by it. */
  settings: ApprovalSettings;
  /** Policies beside the included ones; the next decision goes by them. */
  policies: { extra: Policy[] };
  /** Milliseconds; each reading of the clock adds one. */
  time: { now: number };
  open(requestId: string, input: GovernedOperationInput): Promise<OpenedRequest>;
  approve(requestId: string, approver: string): Promise<{ accepted: boolean; state: string }>;
  perform(requestId: string, attempt?: number): Promise<OpenedRequest>;
  /** Performs as Temporal does, with the clock set forward by each wait, until the request has ended. */
  settle(requestId: string): Promise<OpenedRequest & { attempts: number; waitedMs: number }>;
}

/** Okta starts empty, with ann, bob and requester@example.com in the group `Approvers`. */
export async function governedParts(
  store: Store,
  { accounts = false }: { accounts?: boolean } = {},
): Promise<GovernedParts> {
  const emulators = await startEmulators({ profile: 'empty', rateLimit: 0, log: null });
  emulators.okta.addGroup({ name: 'Approvers' });
  for (const name of ['ann', 'bob', 'requester'])
    emulators.okta.addUser({ login: `${name}@example.com`, groups: ['Approvers'] });
  const time = { now: START };
  const now = (): Date => new Date((time.now += 1));
  const settings: ApprovalSettings = {
    requireSigned: false,
    criticalQuorum: 2,
    defaultApprovers: ['group:Approvers'],
    expiresInMs: HOUR_MS,
    grantValidForMs: HOUR_MS,
    tenureMs: 24 * HOUR_MS,
    protected: [],
  };
  const policies: GovernedParts['policies'] = { extra: [] };
  const bundleNow = () => bundle(...INCLUDED, ...policies.extra);
  const activities = createGovernedActivities({
    store,
    connectors: mfaParts(
      store,
      emulators,
      now,
      undefined,
      bundleNow,
      accounts ? vendorsOf(emulators) : {},
    ).connectors,
    org: new URL(emulators.document.okta).host,
    settings: () => settings,
    now,
    random: () => 0,
    flushCalls: async () => undefined,
  });
  const perform = (requestId: string, attempt = 1) =>
    inActivity(() => activities.performRequest({ requestId }), attempt);
  return {
    activities,
    emulators,
    settings,
    policies,
    time,
    open: (requestId, input) =>
      inActivity(() => activities.openRequest({ requestId, run: requestId, now: time.now, input })),
    approve: (requestId, approver) =>
      inActivity(() =>
        activities.decideApproval({
          requestId,
          now: time.now,
          decision: { decisionId: `${requestId}-${approver}`, verdict: 'approve', approver },
        }),
      ),
    perform,
    settle: async (requestId) => {
      let waitedMs = 0;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return { ...(await perform(requestId, attempt)), attempts: attempt, waitedMs };
        } catch (error) {
          if (!(error instanceof ApplicationFailure) || error.nonRetryable || attempt > 40)
            throw error;
          const wait = Number(error.nextRetryDelay ?? 0);
          waitedMs += wait;
          time.now += wait;
        }
      }
    },
  };
}

/** The settings of the account vendors, from the variables that arx reads. */
function vendorsOf({ document }: RunningEmulators): AccountVendors {
  const cwd = mkdtempSync(join(tmpdir(), 'arx-test-'));
  try {
    return accountVendors(readEnv({ env: vendorEnvironment(document), cwd, userHome: cwd }));
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
