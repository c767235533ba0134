import { Context } from '@temporalio/activity';
import type { CallContext, OperationTable } from '../../../connectors/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { TicketRow } from '../../../store/ticket-types.ts';
import { callerOf, planOf } from '../plan.ts';

/** The context of a call about one ticket. `sequence` distinguishes repeated writes. */
export const ticketContext = <Output extends OperationTable[string]['output']>(
  { record, row }: { record: RunRecord; row: TicketRow },
  sequence?: number,
): CallContext<Output> => ({
  caller: callerOf(record, planOf(record).permitted),
  subject: row.label,
  sequence,
  signal: Context.current().cancellationSignal,
});
