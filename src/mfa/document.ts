import type { ClassifiedFactor, Coverage, FactorClass, Verdict, VerdictCounts } from './types.ts';

/** What a run covered: statuses and groups (empty: everybody). */
export interface RunScope {
  statuses: string[];
  groups: { id: string; name: string }[];
}

/** Counts of one department or group, or of the administrators. */
export interface Breakdown {
  name: string;
  counts: VerdictCounts;
  coverage: Coverage;
}

/**
 * What the run did with tickets, in numbers; `keys` are the open tickets of its non-compliant
 * users.
 */
export interface TicketSummary {
  created: number;
  kept: number;
  reopened: number;
  closed: number;
  /** Closed by a person and left so for this run. */
  leftClosed: number;
  /** Could not be opened or updated. */
  failed: number;
  keys: string[];
  /** Jira search that shows exactly these tickets; null where there are none. */
  url: string | null;
  /**
   * What a dry run would have opened, kept and closed; `keys` then are those it would have kept.
   */
  wouldCreate: number;
  wouldKeep: number;
  wouldClose: number;
}

/** How a scan went for which `mode: delta` was asked. */
export interface ScanSummary {
  /** `full` where everybody was read all the same. */
  mode: 'full' | 'delta';
  /** The complete run whose readings were taken over; null where everybody was read. */
  base: { run: string; startedAt: string } | null;
  /** When the last scan began that read everybody; null where this one does. */
  lastFull: string | null;
  /** Users whose factors this run read, and users whose earlier readings it judged anew. */
  reread: number;
  takenOver: number;
  /** Why everybody was read, in words; null where not. */
  reason: string | null;
}

/** A summary of one run without its users: `arx.run/v1` as stored and as listed by `arx runs`. */
export interface RunSummary {
  schema: 'arx.run/v1';
  run: string;
  workflowId: string;
  status: 'running' | 'complete' | 'incomplete' | 'failed';
  /** Why the run is not complete, or what else a reader must know; sentences. */
  reasons: string[];
  dryRun: boolean;
  org: string;
  scope: RunScope;
  /** How a scan went that was to read only who changed; absent where a full one was asked for. */
  scan?: ScanSummary;
  startedAt: string;
  finishedAt: string | null;
  counts: VerdictCounts;
  coverage: Coverage;
  /** Coverage of the last complete run of the same scope; null where there is none. */
  previousCoverage: Coverage | null;
  /** ACTIVE factors by type; each Okta Verify enrolment appears under every type it offers. */
  byFactor: Record<string, number>;
  /** Users by the strongest class of their ACTIVE factors. */
  byClass: Record<FactorClass, number>;
  /** ACTIVE authenticators, where one Okta Verify enrolment counts once. */
  authenticators: number;
  /** Users whose only covering factor is an approve-only push. */
  pushOnly: number;
  departments: Breakdown[];
  groups: Breakdown[];
  /** Members of the configured privileged groups; null where none is configured. */
  administrators: Breakdown | null;
  exemptions: { live: number; expired: { subject: string; owner: string; until: string }[] };
  changes: {
    new: number;
    resolved: number;
    regressed: number;
    users: Record<'new' | 'resolved' | 'regressed', string[]>;
  };
  tickets: TicketSummary;
  slack: { channel: string; ts: string } | null;
  calls: { okta: number; jira: number; slack: number; throttled: number };
  /** `checkpoint`: the signed note over these entries; absent where none could be signed. */
  audit: { entries: number; head: string; checkpoint?: string };
  seconds: number | null;
  /**
   * When the people of this run were removed for their age, ISO 8601: figures are left. Absent:
   * they are there.
   */
  removedAt?: string;
}

/** One user of a run as reported. */
export interface RunUserRow {
  id: string;
  login: string;
  department: string | null;
  verdict: Verdict | null;
  reason: string | null;
  factors: ClassifiedFactor[];
  ticket: string | null;
  administrator: boolean;
  /** The earlier run that read the factors, and when; absent where this run did. */
  takenOver?: { run: string; at: string };
}

/** The whole document of one run. */
export interface RunDocument extends RunSummary {
  users: RunUserRow[];
}
