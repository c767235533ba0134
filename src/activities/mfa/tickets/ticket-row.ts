import type { ApplicationFailure } from '@temporalio/activity';
import type { TicketRow } from '../../../store/ticket-types.ts';
import { retryIn } from '../../support/failures.ts';
import type { TicketPlan } from '../plan.ts';
import type { Patch } from './ticket-desk.ts';
import type { ConnectorError } from '../../../connectors/errors.ts';
import type { JiraIssue } from '../../../connectors/types.ts';

/**
 * Stops the activity where a create call's fate is open and it is too early to call it lost.
 * Counted from the first look, for an attempt that was overtaken may have made the call long after
 * it was intended.
 */
export function stillUnsettled(
  row: TicketRow,
  plan: TicketPlan,
  now: Date,
): ApplicationFailure | null {
  const missedAt = row.details['missedAt'];
  if (row.intendedAt === null || typeof missedAt !== 'string') return null;
  const age = now.getTime() - Date.parse(missedAt);
  let due = 0;
  for (const wait of plan.settleMs) {
    due += wait;
    if (age < due)
      return retryIn(
        due - age,
        'ticket_unsettled',
        `it is not known whether Jira took ${row.label}; looking again`,
      );
  }
  return null;
}
export function openAs(key: string, run: string): Patch {
  return {
    state: 'open',
    key,
    intendedAt: null,
    closedBy: null,
    closedSeenRun: null,
    lastRun: run,
  };
}
/**
 * Details of a ticket that is about to be open (again): what was noted when its person was
 * compliant is forgotten.
 */
export function accusing({
  compliantIn: _,
  ...details
}: TicketRow['details']): TicketRow['details'] {
  return details;
}
/** The row after a create call that was refused for certain: as before it. */
export function notTaken(row: TicketRow): Patch {
  return {
    state: row.key === null ? 'absent' : 'closed',
    intendedAt: null,
    details: { ...row.details, createdIn: null, intendedIn: row.details['createdIn'] ?? null },
  };
}
export function codeOf(error: ConnectorError): Record<string, string> {
  return { code: error.code, vendorCode: error.fields.vendorCode ?? '' };
}
/** Oldest first, by creation and then by number. */
export function byAge(a: JiraIssue, b: JiraIssue): number {
  const created = (a.created ?? '').localeCompare(b.created ?? '');
  return created || Number(a.id) - Number(b.id);
}
