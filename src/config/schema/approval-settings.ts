import { durationMs } from '../yaml/durations.ts';
import type { ArxConfig } from './schema.ts';

/** The approval settings of arx.yaml, with durations in milliseconds. */
export interface ApprovalSettings {
  requireSigned: boolean;
  criticalQuorum: number;
  /**
   * Logins, ids or `group:NAME`; asked where a policy names no approver, and when an approval
   * escalates.
   */
  defaultApprovers: string[];
  expiresInMs: number;
  grantValidForMs: number;
  /**
   * How long before a request approvers must have been in their group, if the request changes who
   * may approve or administer.
   */
  tenureMs: number;
  /** Logins, ids or group names; an operation on one of them carries a higher risk. */
  protected: string[];
}

/** The approval settings of a configuration with its defaults filled in. */
export function approvalSettings({ approvals, protected: listed }: ArxConfig): ApprovalSettings {
  return {
    requireSigned: approvals.require_signed,
    criticalQuorum: approvals.critical_quorum,
    defaultApprovers: approvals.default_approvers,
    expiresInMs: durationMs(approvals.expires_in),
    grantValidForMs: durationMs(approvals.grant_valid_for),
    tenureMs: durationMs(approvals.tenure),
    protected: listed,
  };
}
