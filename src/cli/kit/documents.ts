/** The JSON document of one governed operation. */

import { objectOf, textOf } from '../../audit/outcome.ts';
import type { AuditEntry, JsonObject } from '../../audit/types.ts';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import type { ApprovalDocument } from '../../services/approvals/approval-document.ts';
import type { ActionState, Effect } from '../../governance/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import { messageOf } from '../../governance/words.ts';

/** The state of a governed operation as scripts see it. */
export type ShownState =
  Exclude<ActionState, 'cancelled' | 'open' | 'approved' | 'performing'> | 'running';

const SHOWN: Partial<Record<ActionState, ShownState>> = {
  cancelled: 'rejected',
  open: 'running',
  approved: 'running',
  performing: 'running',
};

/** A cancelled operation counts as rejected; an unfinished one is running. */
const stateToShow = (state: ActionState): ShownState => SHOWN[state] ?? (state as ShownState);

/** The document of one governed operation (`arx.action/v1`). */
export interface ActionDocument {
  schema: 'arx.action/v1';
  request: string | null;
  workflowId: string;
  connector: string;
  operation: string;
  effect: Effect | null;
  state: ShownState;
  decision: ActionDecision | null;
  approval?: Pick<
    ApprovalDocument,
    'request' | 'workflowId' | 'state' | 'deadline' | 'needed' | 'votes' | 'eligible'
  >;
  result?: JsonObject[string];
  error?: ActionError;
}

/** Why a call did not succeed; the vendor's part is absent if no vendor refused it. */
interface ActionError {
  code: string;
  message: string;
  vendorCode?: string | null;
  field?: string | null;
  remedy?: string | null;
}

interface ActionDecision {
  effect: Effect | null;
  code: string | null;
  risk: string;
  policies: readonly string[];
  hints: readonly string[];
  bundleDigest: string;
  argsDigest: string;
}

/** A request as a document. The policy decision comes from its audit entries. */
export function actionDocument(
  record: ActionRecord,
  entries: readonly AuditEntry[],
): ActionDocument {
  const { requestId, workflowId, connector, operation, approval, outcome } = record;
  const decision = decisionOf(record, entries);
  const state = stateToShow(record.state);
  const code = textOf(outcome, 'code') ?? record.state;
  return {
    schema: 'arx.action/v1',
    request: requestId,
    workflowId,
    connector,
    operation,
    effect: decision.effect,
    state,
    decision,
    ...(approval && { approval: approvalPart(record) }),
    ...(state === 'succeeded' && { result: outcome?.['result'] ?? null }),
    ...(ENDED_BADLY.has(state) && {
      error: {
        ...vendorPart(outcome),
        code,
        message: textOf(outcome, 'message') ?? messageOf(code),
      },
    }),
  };
}

/** What the vendor said about a failed call. */
function vendorPart(outcome: ActionRecord['outcome']): Omit<ActionError, 'code' | 'message'> {
  const error = objectOf(outcome, 'error');
  if (error === null) return {};
  return {
    vendorCode: textOf(error, 'vendorCode'),
    field: textOf(error, 'field'),
    remedy: textOf(error, 'remedy'),
  };
}

const ENDED_BADLY: ReadonlySet<ShownState> = new Set([
  'failed',
  'denied',
  'rejected',
  'expired',
  'stale',
  'unknown',
]);

function approvalPart(record: ActionRecord): NonNullable<ActionDocument['approval']> {
  const { request, workflowId, state, deadline, needed, votes, eligible } =
    approvalDocument(record);
  return { request, workflowId, state, deadline, needed, votes, eligible };
}

function decisionOf(record: ActionRecord, entries: readonly AuditEntry[]): ActionDecision {
  const entry = entries.find(
    ({ kind, subject }) => DECIDED.has(kind) && subject === record.requestId,
  );
  const hints = record.outcome?.['hints'];
  return {
    effect: entry?.decision?.effect ?? (textOf(entry?.outcome, 'effect') as Effect | null),
    code: entry?.decision?.code ?? textOf(entry?.outcome, 'code'),
    risk: record.risk,
    policies: entry?.decision?.policies ?? record.obligations.approvers.map(({ policy }) => policy),
    hints: Array.isArray(hints) ? hints.map(String) : [],
    bundleDigest: record.bundleDigest,
    argsDigest: record.argsDigest,
  };
}

const DECIDED: ReadonlySet<AuditEntry['kind']> = new Set(['action.decided', 'action.denied']);
