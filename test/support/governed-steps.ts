/** Governed operations in this process: a real store, and connectors over emulated vendors. */
import { createGovernedActivities } from '../../src/activities/governance/create.ts';
import type { GovernedActivities } from '../../src/activities/governance/types.ts';
import type { JsonObject } from '../../src/audit/types.ts';
import type { ApprovalSettings } from '../../src/config/schema/approval-settings.ts';
import type { Connectors } from '../../src/connectors/types.ts';
import { bindInput } from '../../src/governance/stored-input.ts';
import type { ActionRecord } from '../../src/store/governance-types.ts';
import type { Store } from '../../src/store/types.ts';
import type { DecisionAnswer, GovernedOperationInput } from '../../src/workflows/messages.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import type { Policy } from '../../src/governance/types.ts';
import { inActivity, mfaParts } from './mfa-parts.ts';
import { bundle, bundleOf } from './policies.ts';

const HOUR = 3_600_000;

export const APPROVAL_SETTINGS: ApprovalSettings = {
  requireSigned: false,
  criticalQuorum: 2,
  defaultApprovers: ['group:Approvers'],
  expiresInMs: HOUR,
  grantValidForMs: HOUR,
  tenureMs: 24 * HOUR,
  protected: [],
};

/** One governed operation after the other, step by step, without a workflow. */
export class GovernedSteps {
  readonly connectors: Connectors;
  readonly activities: GovernedActivities;
  readonly #store: Store;
  readonly #now: () => Date;
  #serial = 0;
  /** The request that was opened last. */
  requestId = '';

  constructor(
    store: Store,
    emulators: RunningEmulators,
    {
      now = () => new Date(),
      settings = () => APPROVAL_SETTINGS,
      policies = [],
      only = false,
    }: {
      now?: () => Date;
      settings?: () => ApprovalSettings;
      policies?: Policy[];
      /** Whether users and flows have these policies only. */
      only?: boolean;
    } = {},
  ) {
    this.#store = store;
    this.#now = now;
    const all = bundle(
      ...bundleOf(only ? 'policies/governed-operations.yaml' : 'policies/*.yaml').policies,
      ...policies,
    );
    const { defaultApprovers } = settings();
    this.connectors = mfaParts(store, emulators, now, defaultApprovers, all).connectors;
    this.activities = createGovernedActivities({
      store,
      connectors: this.connectors,
      org: new URL(emulators.document.okta).host,
      settings,
      now,
      random: () => 0,
      flushCalls: async () => undefined,
    });
  }

  open(input: GovernedOperationInput, attempt = 1) {
    this.requestId = `request-${process.pid}-${performance.now()}-${(this.#serial += 1)}`;
    return this.#open(input, attempt);
  }

  /** Stores an input, as arx does for a workflow; activities under test run in the workflow `test`. */
  keep(input: GovernedOperationInput, workflowId = 'test'): Promise<string> {
    const content = {
      ...(JSON.parse(JSON.stringify(input)) as JsonObject),
      authenticatedBy: 'key',
      surface: 'cli',
      reason: `input ${process.pid}-${performance.now()}-${(this.#serial += 1)}`,
    };
    const madeAt = this.#now().getTime();
    return this.#store.snapshots.put(bindInput(content, { workflowId, madeAt }));
  }

  /**
   * Opens another request beside the current one, in a run of its own unless `run` says otherwise.
   * Returns the type of the failure, or the state.
   */
  async openBeside(
    input: GovernedOperationInput,
    { lateMs = 0, run }: { lateMs?: number; run?: string } = {},
  ): Promise<string> {
    const requestId = `beside-${process.pid}-${performance.now()}-${(this.#serial += 1)}`;
    const now = this.#now().getTime();
    const opening = { requestId, run: run ?? requestId, now, startedAt: now + lateMs, input };
    const opened = await inActivity(() => this.activities.openRequest(opening)).catch(
      (failure: { type?: string }) => ({ state: `${failure.type}` }),
    );
    const stored = await this.#store.requests.get(requestId);
    return stored === null ? opened.state : `stored as ${stored.state}`;
  }

  /** The next attempt of the same request. */
  openAgain(input: GovernedOperationInput, attempt: number) {
    return this.#open(input, attempt);
  }

  #open(input: GovernedOperationInput, attempt: number) {
    const { requestId } = this;
    const now = this.#now().getTime();
    return inActivity(
      () => this.activities.openRequest({ requestId, run: requestId, now, input }),
      attempt,
    );
  }

  vote(approver: string, verdict: 'approve' | 'deny' = 'approve'): Promise<DecisionAnswer> {
    const { requestId } = this;
    const decisionId = `decision-${(this.#serial += 1)}`;
    const now = this.#now().getTime();
    return inActivity(() =>
      this.activities.decideApproval({
        requestId,
        now,
        decision: { decisionId, verdict, approver },
      }),
    );
  }

  escalate(): Promise<void> {
    const { requestId } = this;
    return inActivity(() => this.activities.escalateApproval({ requestId }));
  }

  remind(): Promise<void> {
    const { requestId } = this;
    return inActivity(() => this.activities.remindApproval({ requestId, reminder: 1 }));
  }

  perform(attempt = 1) {
    const { requestId } = this;
    return inActivity(() => this.activities.performRequest({ requestId }), attempt);
  }

  async record(): Promise<ActionRecord> {
    const record = await this.#store.requests.get(this.requestId);
    if (record === null) throw new Error(`no request ${this.requestId}`);
    return record;
  }

  /** Ids of those who may decide by what is stored. */
  async eligible(): Promise<string[]> {
    const { approval } = await this.record();
    return [...new Set(approval?.requirements.flatMap((one) => one.eligible))];
  }
}
