import type { JsonObject } from '../../audit/types.ts';
import type { Caller } from '../../connectors/types.ts';
import type { ClosingWish } from '../../mfa/transitions.ts';
import type { FieldValues } from '../../mfa/screen-fields.ts';
import type { ExemptionIndex } from '../../mfa/exemptions.ts';
import type { RunRecord } from '../../store/run-types.ts';
import { MFA_PRINCIPAL } from '../../mfa/identity.ts';
import { AUTO_BATCH, HISTORY_LIMIT } from '../../mfa/scan-plan.ts';
import type { ScanPlan } from './delta/scan-plan.ts';
import type { RunPlan } from './types.ts';

/**
 * The plan with which a run began. It stays the same to the end of the run, even if files change, and
 * is kept in the store, not in the workflow history.
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
  /** Ids of the members of privileged groups; null if no such group is configured. */
  administrators: string[] | null;
  /** Ids of privileged groups whose members could not be read; absent in older plans. */
  unreadPrivileged?: string[];
  tickets: TicketPlan;
  /** Channel of the summary; null if none is posted. */
  slackChannel: string | null;
  permitted: { okta: string[]; jira: string[]; slack: string[] };
  /**
   * The audit trail as signed when the run began, copied into each new ticket. Null if it could not
   * be signed.
   */
  checkpoint: string | null;
  /** Absent if a full scan was requested. */
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
  closeOnDeparture: boolean;
  /** Further fields of new tickets, by Jira's ids. */
  fields: FieldValues;
  close: ClosingWish & StatusChangeTexts;
  /** `transition`: its name, or that of the status it leads to; null if none is configured. */
  reopen: { transition: string | null } & StatusChangeTexts;
  /** Waits between searches after a create call with an unknown outcome, milliseconds. */
  settleMs: number[];
}

/** What is written when a ticket is closed or reopened. */
export interface StatusChangeTexts {
  /** Fields of the screen of the transition, by Jira's ids. */
  fields: FieldValues;
  /** Template of a text that begins the comment. */
  comment: string | null;
}

/** The frozen plan of a stored run. */
export function planOf(record: RunRecord): FrozenPlan {
  return record.plan as unknown as FrozenPlan;
}

/** A plan in the form in which the store keeps it. */
export function planForStore(plan: FrozenPlan): JsonObject {
  return plan as unknown as JsonObject;
}

/** The part of the plan that the workflow needs. */
export function runPlan(record: RunRecord, searchable: boolean): RunPlan {
  const plan = planOf(record);
  return {
    run: record.run,
    dryRun: record.dryRun,
    sources: Math.max(1, plan.groups.length),
    window: plan.window,
    batch: plan.batch,
    tickets: plan.tickets.mode,
    autoBatch: AUTO_BATCH,
    historyLimit: HISTORY_LIMIT,
    delta: plan.scan?.mode === 'delta' ? { readyAt: plan.scan.readyAt } : null,
    search: searchable ? { scope: plan.groups.length > 0 ? 'groups' : 'organisation' } : null,
  };
}

/** The caller of the connectors on behalf of a run. */
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
