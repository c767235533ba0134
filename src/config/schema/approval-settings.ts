import { durationMs } from '../yaml/durations.ts';
import type { ArxConfig } from './schema.ts';

/** What arx.yaml says of approvals, with durations in milliseconds. */
export interface ApprovalSettings {
  requireSigned: boolean;
  criticalQuorum: number;
  /**
   * Logins, ids or `group:NAME`, asked where a policy names nobody, and when an approval escalates.
   */
  defaultApprovers: string[];
  expiresInMs: number;
  grantValidForMs: number;
  /** Logins, ids or group names whose targets raise the risk. */
  protected: string[];
}

/** Settings of approvals from a configuration with its defaults filled in. */
export function approvalSettings({ approvals, protected: listed }: ArxConfig): ApprovalSettings {
  return {
    requireSigned: approvals.require_signed,
    criticalQuorum: approvals.critical_quorum,
    defaultApprovers: approvals.default_approvers,
    expiresInMs: durationMs(approvals.expires_in),
    grantValidForMs: durationMs(approvals.grant_valid_for),
    protected: listed,
  };
}
