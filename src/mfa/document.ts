import type { ClassifiedFactor, Coverage, FactorClass, Verdict, VerdictCounts } from './types.ts';

/** What a run covered: statuses and groups. No groups means all users. */
interface RunScope {
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
 * What the run did with tickets, in numbers. `keys` are the open tickets of its non-compliant
 * users.
 */
export interface TicketSummary {
  created: number;
  kept: number;
  reopened: number;
  closed: number;
  /** Closed by hand, and not reopened by this run. */
  leftClosed: number;
  /** Tickets of users who have left, closed by this run. */
  departed: number;
  /** The first 500 of them, with the Okta ids of the users. */
  departures: { key: string | null; user: string }[];
  /** Tickets that could not be opened, updated or closed: the first 500. */
  failed: FailedTicket[];
  /** How many there are. */
  failedCount: number;
  keys: string[];
  /** Jira search that shows exactly these tickets; null if there are none. */
  url: string | null;
  /**
   * What a dry run would have opened, kept and closed. `keys` are then the tickets it would have
   * kept.
   */
  wouldCreate: number;
  wouldKeep: number;
  wouldClose: number;
}

/** A ticket that could not be written, and what Jira said about it. */
export interface FailedTicket {
  key: string | null;
  /** Okta user id; null for a ticket about several users. */
  user: string | null;
  code: string;
  /** Fields of the issue that Jira refused. */
  fields: string[];
  /** What Jira said, cleaned and cut; null if it said nothing. */
  message: string | null;
}

/** Result of a scan for which `mode: delta` was requested. */
export interface ScanSummary {
  /** `full` if all users were read after all. */
  mode: 'full' | 'delta';
  /** The complete run whose readings were reused; null if all users were read. */
  base: { run: string; startedAt: string } | null;
  /** When the last scan of all users started; null if this scan is one. */
  lastFull: string | null;
  /** Users whose factors this run read, and users whose earlier readings were assessed again. */
  reread: number;
  takenOver: number;
  /** Why all users were read, as text; null if they were not. */
  reason: string | null;
}

/** A summary of one run without its users: `arx.run/v1` as stored and as listed by `arx runs`. */
export interface RunSummary {
  schema: 'arx.run/v1';
  run: string;
  workflowId: string;
  /** `terminated`: its workflow was ended in Temporal before it was complete. */
  status: 'running' | 'complete' | 'incomplete' | 'failed' | 'terminated';
  /** Sentences: why the run is not complete, and what else a reader must know. */
  reasons: string[];
  dryRun: boolean;
  org: string;
  scope: RunScope;
  /** Runs with the same key cover the same users; absent in the stored summary. */
  scopeKey?: string;
  /** Result of a delta scan; absent if a full scan was requested. */
  scan?: ScanSummary;
  startedAt: string;
  finishedAt: string | null;
  counts: VerdictCounts;
  coverage: Coverage;
  /** Coverage of the last complete run of the same scope; null if there is none. */
  previousCoverage: Coverage | null;
  /** ACTIVE factors by type; each Okta Verify enrolment appears under every type it offers. */
  byFactor: Record<string, number>;
  /** Users by the strongest class of their ACTIVE factors. */
  byClass: Record<FactorClass, number>;
  /** ACTIVE authenticators; one Okta Verify enrolment counts once. */
  authenticators: number;
  /** Users whose only covering factor is an approve-only push. */
  pushOnly: number;
  departments: Breakdown[];
  groups: Breakdown[];
  /** Members of the configured privileged groups; null if none is configured. */
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
  /** Why the message could not be posted; absent if it was, or if none was to be posted. */
  slackFailed?: { channel: string; code: string; message: string | null };
  calls: { okta: number; jira: number; slack: number; throttled: number };
  /** `checkpoint` is the signed note over these entries; absent if none could be signed. */
  audit: { entries: number; head: string; checkpoint?: string };
  seconds: number | null;
  /**
   * When the users of this run were removed because of their age, ISO 8601. The figures remain.
   * Absent if they were not removed.
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
  /** The earlier run that read the factors, and when; absent if this run read them. */
  takenOver?: { run: string; at: string };
}

/** The whole document of one run. */
export interface RunDocument extends RunSummary {
  users: RunUserRow[];
}
