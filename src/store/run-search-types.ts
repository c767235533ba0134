import type { FactorClass, Verdict } from '../mfa/types.ts';
import type { RunRecord, RunUser } from './run-types.ts';
import type { TicketAction } from './ticket-types.ts';

/** Which runs are listed; without a condition, all. */
export interface RunFilter {
  status?: RunRecord['status'];
  /** The scope of the run: runs with the same key cover the same users. */
  scopeKey?: string;
  dryRun?: boolean;
  /** The run after which the page starts, in the order of the list. */
  after?: string;
}

/** Which users of a run are searched; without a condition, all. */
export interface RunUserFilter {
  /** Users with one of these verdicts; `unchecked` are those without a verdict yet. */
  verdicts?: readonly (Verdict | 'unchecked')[];
  /** The strongest class of the user's ACTIVE factors. */
  strongest?: FactorClass;
  /** Only these users, or all but these. */
  ids?: { among: boolean; ids: readonly string[] };
  department?: string;
  /** Part of the login, address or id, ignoring case. */
  text?: string;
}

/** The orders in which users of a run can be read; the id of the user breaks ties. */
export const RUN_USER_ORDERS = ['login', 'department', 'verdict', 'checked'] as const;

/** A page of users: its order, and the user after whom it starts. */
export interface RunUserPage {
  by: (typeof RUN_USER_ORDERS)[number];
  descending: boolean;
  after: string | null;
  limit: number;
}

/** Users per verdict; `unchecked` have none yet. */
export type VerdictTally = Record<Verdict | 'unchecked', number>;

/** A user whose verdict differs between two runs; null: no verdict in that run. */
export interface ChangedUser {
  userId: string;
  login: string;
  department: string | null;
  from: Verdict | null;
  to: Verdict | null;
}

/** What one run found about a user, and did with the ticket. */
export interface PastVerdict {
  run: string;
  startedAt: string;
  status: RunRecord['status'];
  dryRun: boolean;
  /** Null: the run did nothing with a ticket. */
  ticketAction: TicketAction | null;
  user: RunUser;
}

/** The number of users who went from one verdict to another, or kept it. */
export interface VerdictTransition {
  from: Verdict | null;
  to: Verdict | null;
  users: number;
}
