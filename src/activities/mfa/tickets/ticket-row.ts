import type { ApplicationFailure } from '@temporalio/activity';
import type { TicketRow } from '../../../store/ticket-types.ts';
import { retryIn } from '../../support/failures.ts';
import type { TicketPlan } from '../plan.ts';
import type { Patch } from './ticket-editor.ts';
import type { ConnectorError } from '../../../connectors/errors.ts';
import type { JiraIssue } from '../../../connectors/types.ts';

/** What the row of a ticket becomes, and what it tells about the issue. */

/**
 * The failure with which the activity waits while a create call with an unknown outcome may still
 * take effect; null once it counts as lost. The time counts from the first search, because an
 * earlier attempt may have made the call long after it was intended.
 */
export function waitForCreation(
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
        `it is not known whether Jira created ${row.label}; arx will search again`,
      );
  }
  return null;
}

export function rowOfOpenIssue(key: string, run: string): Patch {
  return {
    state: 'open',
    key,
    intendedAt: null,
    closedBy: null,
    closedSeenRun: null,
    lastRun: run,
  };
}

/** The details of a ticket that is opened or stays open, without the run that saw compliance. */
export function forgetComplianceComment({
  compliantIn: _,
  ...details
}: TicketRow['details']): TicketRow['details'] {
  return details;
}

/** The row after a create call that created nothing: as it was before. */
export function rowAfterRefusal(row: TicketRow): Patch {
  return {
    state: row.key === null ? 'absent' : 'closed',
    intendedAt: null,
    details: { ...row.details, createdIn: null, intendedIn: row.details['createdIn'] ?? null },
  };
}

export function errorCodes(error: ConnectorError): Record<string, string> {
  return { code: error.code, vendorCode: error.fields.vendorCode ?? '' };
}

/** Oldest first, by creation and then by number. */
export function byAge(a: JiraIssue, b: JiraIssue): number {
  const created = (a.created ?? '').localeCompare(b.created ?? '');
  return created || Number(a.id) - Number(b.id);
}
