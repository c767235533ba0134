import { objectOf } from '../../audit/outcome.ts';
import type { JsonObject } from '../../audit/types.ts';
import { mayDecide } from '../../governance/approval.ts';
import type { Approval, ApprovalState } from '../../governance/approval.ts';
import { viewOf } from '../../governance/request-text.ts';
import type { ShownRequest } from '../../governance/request-text.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { ActionState } from '../../governance/types.ts';
import { approvalId } from '../../workflows/messages.ts';

/** One request with its approval (`arx.approval/v1`, an item of `arx.approvals/v1`). */
export interface ApprovalDocument extends ShownRequest {
  request: string;
  workflowId: string;
  /** Null if no approval was requested. */
  state: ApprovalState | null;
  /** State of the operation itself. */
  action: ActionState;
  createdAt: string;
  deadline: string | null;
  votes: { person: string; verdict: string; at: string }[];
  /** The least number of people who must approve. */
  needed: number;
  /** Okta ids of those who may decide. */
  eligible: string[];
  /** Sources of approvers that could not be read so far, and why. */
  unread: { source: string; code: string; message: string }[];
  requirements: { policy: string; any_of: string[]; count: number }[];
  /** How the call failed: code, vendorCode, field, message and remedy; null if it did not. */
  error: JsonObject | null;
  argsDigest: string;
  bundleDigest: string;
}

/** The document of a request and its approval, from its record. */
export function approvalDocument(record: ActionRecord): ApprovalDocument {
  const { requestId, approval, obligations, state } = record;
  return {
    request: requestId,
    workflowId: approvalId(requestId),
    ...viewOf(record),
    state: approval?.state ?? null,
    action: state,
    createdAt: record.createdAt,
    deadline: approval ? new Date(approval.deadline).toISOString() : null,
    votes: (approval?.votes ?? []).map(({ person, verdict, at }) => ({
      person,
      verdict,
      at: new Date(at).toISOString(),
    })),
    needed: approval ? votesNeeded(approval) : 0,
    eligible: approval ? eligibleOf(approval) : [],
    unread: (approval?.unread ?? []).map(({ source, code, message }) => ({
      source,
      code,
      message,
    })),
    requirements: obligations.approvers.map(({ policy, any_of, count }) => ({
      policy,
      any_of,
      count,
    })),
    error: objectOf(record.outcome, 'error'),
    argsDigest: record.argsDigest,
    bundleDigest: record.bundleDigest,
  };
}

const votesNeeded = ({ quorum, requirements }: Approval): number =>
  Math.max(quorum, ...requirements.map(({ count }) => count));

function eligibleOf(approval: Approval): string[] {
  const people = new Set(approval.requirements.flatMap(({ eligible }) => eligible));
  return [...people].filter((person) => mayDecide(approval, person));
}
