/** The activities of governed operations in this process: a real store and emulated vendors. */
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
  perform(requestId: string): Promise<OpenedRequest>;
}

/** Okta starts empty, with ann, bob and requester@example.com in the group `Approvers`. */
export async function governedParts(store: Store): Promise<GovernedParts> {
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
    connectors: mfaParts(store, emulators, now, undefined, bundleNow).connectors,
    org: new URL(emulators.document.okta).host,
    settings: () => settings,
    now,
    random: () => 0,
    flushCalls: async () => undefined,
  });
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
    perform: (requestId) => inActivity(() => activities.performRequest({ requestId })),
  };
}
