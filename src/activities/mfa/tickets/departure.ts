import { Context } from '@temporalio/activity';
import { ConnectorError } from '../../../connectors/errors.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { TicketRow } from '../../../store/ticket-types.ts';
import type { UsesConnectors, UsesStore } from '../../support/parts.ts';
import { callerOf, planOf } from '../plan.ts';

/**
 * Why the ticket of a user whom this run did not list is no longer needed; null if it stays open: the
 * user is suspended or locked out, or was only missed, or another scope covers the user. Throws as
 * the connector does.
 */
export async function departureOf(
  deps: UsesStore<'runs' | 'users'> & UsesConnectors<'okta'>,
  record: RunRecord,
  row: TicketRow,
): Promise<string | null> {
  const status = await readStatus(deps, record, row.subject);
  if (status === null) return 'the user no longer exists in Okta';
  if (status === 'DEPROVISIONED') return 'the user was deactivated in Okta';
  const { groups, statuses } = planOf(record);
  if (groups.length === 0 || !statuses.includes(status)) return null;
  // The user may be one of the rows that could not be read.
  if (await deps.store.users.hasUnreadableRows(record.run)) return null;
  const last = row.lastRun === null ? null : await deps.store.runs.get(row.lastRun);
  return last?.scopeKey === record.scopeKey
    ? 'the user is no longer in a group that this check covers'
    : null;
}

/** The user's status now; null if Okta has no such user. */
async function readStatus(
  { connectors }: UsesConnectors<'okta'>,
  record: RunRecord,
  userId: string,
): Promise<string | null> {
  const caller = callerOf(record, planOf(record).permitted);
  const signal = Context.current().cancellationSignal;
  try {
    const { output } = await connectors.okta(
      'users:read_detail',
      { userId },
      { caller, subject: userId, signal },
    );
    return output.status;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not_found') return null;
    throw error;
  }
}
