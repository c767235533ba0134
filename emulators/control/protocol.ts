/** The documents of the control server. */

import type { EntraAccount, EntraGroup } from '../entra/model.ts';
import type { GoogleAccount } from '../google/model.ts';
import type { SalesforceAccount } from '../salesforce/model.ts';
import type { ActiveFault } from '../faults.ts';
import type { BucketReport, BucketStatistics } from '../rate-limit.ts';
import type { TrafficStatistics } from '../traffic.ts';
import type { LogEntry, VendorName } from '../types.ts';

/** A user in GET /state. */
export interface StateUser {
  id: string;
  login: string;
  status: string;
  department: string | null;
  created: string;
  activated: string | null;
  lastLogin: string | null;
  passwordChanged: string | null;
  vanish: boolean;
  denyFactors: boolean;
  roles: string[];
  sessions: number;
  factors: { type: string; provider: string | null; status: string }[];
  groups: string[];
}

/** An issue in GET /state; deleted issues are omitted. */
export interface StateIssue {
  id: string;
  key: string;
  summary: string;
  description: string;
  labels: string[];
  issuetype: string;
  priority: string;
  duedate: string | null;
  status: string;
  category: 'new' | 'indeterminate' | 'done';
  created: string;
  comments: string[];
  links: { type: string; inward: string; outward: string }[];
}

/** A Slack message in GET /state. */
export interface StateMessage {
  channel: string;
  ts: string;
  text: string;
  blocks: Record<string, unknown>[];
  metadata: Record<string, unknown> | null;
  edited: boolean;
  /** The replies in its thread, oldest first. */
  replies: { text: string; blocks: Record<string, unknown>[] }[];
}

/** An Entra ID group in GET /state, with its current members, even if reads do not see them yet. */
export interface StateEntraGroup extends Omit<EntraGroup, 'members'> {
  members: string[];
}

export interface StateDocument {
  users: StateUser[];
  groups: { id: string; name: string; type: string; roles: string[]; members: string[] | null }[];
  apps: {
    id: string;
    label: string;
    signOnMode: string;
    status: string;
    users: number | null;
    groups: number;
  }[];
  issues: StateIssue[];
  filters: { id: string; name: string; jql: string }[];
  messages: StateMessage[];
  channels: { id: string; name: string; isMember: boolean }[];
  entraUsers: EntraAccount[];
  entraGroups: StateEntraGroup[];
  googleUsers: GoogleAccount[];
  salesforceUsers: SalesforceAccount[];
  /** Okta's rate-limit buckets since the start. */
  buckets: BucketStatistics[];
  /** Requests begun, answered and cut, by operation. */
  traffic: TrafficStatistics[];
}
export type StatePart = keyof StateDocument;

/** GET /statistics: how busy the emulators are and were. Also counted without the accept log. */
export interface EmulatorStatistics {
  /** Time of this document, epoch milliseconds. */
  at: number;
  /** Requests that are neither answered nor cut. */
  inFlight: Record<VendorName, number>;
  operations: TrafficStatistics[];
  /** Okta's buckets, window by window. */
  buckets: BucketReport[];
}

export type { ActiveFault, LogEntry };
