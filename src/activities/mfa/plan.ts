import type { JsonObject } from '../../audit/types.ts';
import type { Caller } from '../../connectors/types.ts';
import type { ExemptionIndex } from '../../mfa/exemptions.ts';
import type { RunRecord } from '../../store/run-types.ts';
import { MFA_PRINCIPAL } from '../../mfa/identity.ts';
import { AUTO_BATCH, HISTORY_LIMIT } from '../../mfa/scan-plan.ts';
import type { ScanPlan } from './delta/ground.ts';
import type { RunPlan } from './types.ts';

/**
 * What a run was begun with and keeps to its end, whatever changes in files meanwhile. Stored, not
 * in history.
 */
export interface FrozenPlan {
  statuses: string[];
  groups: { id: string; name: string }[];
  allowed: string[];
  graceMs: number;
  maxUnknown: number;
  maxDrop: number;
  window: number;
  batch: 'auto' | number;
  exemptions: ExemptionIndex;
  liveExemptions: number;
  expiredExemptions: { subject: string; owner: string; until: string }[];
  /** Ids of members of privileged groups; null where none is configured. */
  administrators: string[] | null;
  tickets: TicketPlan;
  /** Channel of the summary; null: none is posted. */
  slackChannel: string | null;
  permitted: { okta: string[]; jira: string[]; slack: string[] };
  /**
   * The trail as signed when the run began: a copy stands in each new ticket. Null where nothing
   * could be signed.
   */
  checkpoint: string | null;
  /** Absent where a full scan was asked for. */
  scan?: ScanPlan | undefined;
}

export interface TicketPlan {
  mode: 'per_user' | 'bulk' | 'none';
  project: string;
  issueType: string;
  labels: string[];
  priority: string | null;
  dueInMs: number | null;
  closeOnCompliance: boolean;
  closeTransition: string;
  /** Waits between searches for a create call whose outcome is not known. */
  settleMs: number[];
}

/** The frozen plan of a stored run. */
export function frozen(record: RunRecord): FrozenPlan {
  return record.plan as unknown as FrozenPlan;
}

/** A frozen plan in the form in which the store keeps it. */
export function thaw(plan: FrozenPlan): JsonObject {
  return plan as unknown as JsonObject;
}

/** The part of the plan that the workflow steers by. */
export function runPlan(record: RunRecord): RunPlan {
  const plan = frozen(record);
  return {
    run: record.run,
    dryRun: record.dryRun,
    sources: Math.max(1, plan.groups.length),
    window: plan.window,
    batch: plan.batch,
    tickets: plan.tickets.mode,
    autoBatch: AUTO_BATCH,
    historyLimit: HISTORY_LIMIT,
    ...(plan.scan?.mode === 'delta'
      ? { delta: { readyAt: plan.scan.readyAt } }
      : { overlap: true }),
  };
}

/** Who calls the connectors on behalf of a run. */
export function callerOf(
  record: Pick<RunRecord, 'run' | 'workflowId'>,
  permitted: FrozenPlan['permitted'],
): Caller {
  const { run, workflowId } = record;
  return {
    principal: MFA_PRINCIPAL,
    authenticatedBy: 'worker',
    surface: 'workflow',
    workflowId,
    run,
    permitted,
  };
}
