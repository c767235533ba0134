import type { JsonObject } from '../audit/types.ts';
import type { StoreTransaction } from './types.ts';

/**
 * What arx knows about a ticket: one row per (org, control, subject). Written before Jira is
 * called.
 */
export interface TicketRow {
  /** Identity: `arx-` and a hash of org, subject and control; it is a label of the ticket. */
  label: string;
  org: string;
  control: string;
  /** User id, or scope key in bulk mode. */
  subject: string;
  /**
   * absent: no ticket is known; intended: a create call may have been sent; open, closed: as last
   * read or set.
   */
  state: 'absent' | 'intended' | 'open' | 'closed';
  key: string | null;
  /** Counts create calls; part of the audit identity. */
  attempt: number;
  /** ISO time of the first create call whose outcome is unknown; null if there is none. */
  intendedAt: string | null;
  closedBy: 'arx' | 'person' | null;
  /** The run that first saw the ticket closed by a person. */
  closedSeenRun: string | null;
  /** The run that last wrote to the ticket (created, commented, reopened, closed). */
  lastRun: string | null;
  /** For the activities: digests of the ticket's content. */
  details: JsonObject;
}
/** What a run did with the ticket of a subject. */
export interface TicketNote {
  subject: string;
  action: TicketAction;
  key: string | null;
  /** Why it failed; null if it did not. */
  code: string | null;
  /** What Jira said about the failure; null or absent if it said nothing, or nothing failed. */
  refusal?: TicketRefusal | null;
}
/** Fields of the issue that Jira refused, and its words, cleaned. */
export interface TicketRefusal {
  fields: string[];
  message: string | null;
}
/** What happened to one ticket in one run; stored for counts and reports. */
export type TicketAction =
  'created' | 'kept' | 'reopened' | 'closed' | 'departed' | 'withheld' | 'left_closed' | 'failed';
export interface TicketLedger {
  /**
   * Leases the row to `owner` for `ttlMs` (creating it as `absent` if missing). Null while another
   * owner holds it; the same owner may claim it again. Times are by the store's clock.
   */
  claim(
    identity: Pick<TicketRow, 'label' | 'org' | 'control' | 'subject'>,
    owner: string,
    ttlMs: number,
  ): Promise<TicketRow | null>;
  /**
   * Writes the patch if `owner` holds the row and, with `expectAttempt`, no other create call has
   * started since. Otherwise throws LeaseLostError.
   */
  update(
    tx: StoreTransaction | null,
    label: string,
    owner: string,
    patch: Partial<Omit<TicketRow, 'label' | 'org' | 'control' | 'subject'>>,
    expectAttempt?: number,
  ): Promise<void>;
  release(label: string, owner: string): Promise<void>;
  get(label: string): Promise<TicketRow | null>;
  /** Open tickets of users that this run found compliant, by ascending subject. */
  openOfCompliant(
    run: string,
    org: string,
    control: string,
    after: string | null,
    limit: number,
  ): Promise<TicketRow[]>;
  /** Open tickets of Okta users whom this run did not list, by ascending subject. */
  openOfUnlisted(
    run: string,
    org: string,
    control: string,
    after: string | null,
    limit: number,
  ): Promise<TicketRow[]>;
  /**
   * Records what this run did with the ticket of a subject; a repeated call with the same action is
   * a retry. There is one note per subject and run: the last one counts, but `kept` does not
   * replace `created` or `reopened` of the same run.
   */
  note(
    tx: StoreTransaction | null,
    run: string,
    subject: string,
    note: Omit<TicketNote, 'subject'>,
  ): Promise<void>;
  listNotes(run: string): Promise<TicketNote[]>;
}
