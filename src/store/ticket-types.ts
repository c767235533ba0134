import type { JsonObject } from '../audit/types.ts';
import type { StoreTransaction } from './types.ts';

/**
 * One row a (org, control, subject): what arx knows of the ticket. Written before Jira is called.
 */
export interface TicketRow {
  /** Identity: `arx-` and a hash of org, subject and control; stands as a label on the ticket. */
  label: string;
  org: string;
  control: string;
  /** User id, or scope key in bulk mode. */
  subject: string;
  /**
   * absent: nothing known; intended: a create call may have gone out; open, closed: as last seen or
   * set.
   */
  state: 'absent' | 'intended' | 'open' | 'closed';
  key: string | null;
  /** Counts create calls; part of the audit identity. */
  attempt: number;
  /** ISO time of the first create call whose outcome is not known; null where there is none. */
  intendedAt: string | null;
  closedBy: 'arx' | 'person' | null;
  /** The run that first saw the ticket closed by a person. */
  closedSeenRun: string | null;
  /** The run that last wrote to the ticket (created, commented, reopened, closed). */
  lastRun: string | null;
  /** Free for the activities: digests of what the ticket says. */
  details: JsonObject;
}
/** What a run did with the ticket of a subject. */
export interface TicketNote {
  subject: string;
  action: TicketAction;
  key: string | null;
  /** Why it failed; null where it did not. */
  code: string | null;
}
/** How one ticket fared in one run; kept for counts and reports. */
export type TicketAction =
  'created' | 'kept' | 'reopened' | 'closed' | 'withheld' | 'left_closed' | 'failed';
export interface TicketLedger {
  /**
   * Takes the row for `owner` for `ttlMs` (creating it `absent` if missing). Null while another
   * owner holds it. The same owner may take it again. Time is the store's clock.
   */
  claim(
    identity: Pick<TicketRow, 'label' | 'org' | 'control' | 'subject'>,
    owner: string,
    ttlMs: number,
  ): Promise<TicketRow | null>;
  /**
   * Writes the patch only while `owner` holds the row and, where `expectAttempt` is given, only if
   * no other create call was begun since; throws LeaseLostError otherwise.
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
  /**
   * Records what this run did with the ticket of a subject; a repeated call with the same action is
   * a retry. One note a subject and run: the last one stands, but `kept` does not replace `created`
   * or `reopened` of the same run.
   */
  note(
    tx: StoreTransaction | null,
    run: string,
    subject: string,
    note: Omit<TicketNote, 'subject'>,
  ): Promise<void>;
  listNotes(run: string): Promise<TicketNote[]>;
}
