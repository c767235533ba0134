import { AuditConflictError } from '../../audit/errors.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import { openingDrafts } from './audit-entries.ts';
import type { FlowServiceParts, OpenedRun } from './types.ts';

/**
 * Rolls back the transaction of the process that opens a run second, including its audit entries.
 */
class AlreadyOpenError extends Error {}

/**
 * Opens a run together with its audit entries, or returns the stored one. `guard` runs in the same
 * transaction, while no other run can be opened, and may throw a refusal.
 */
export async function openRun(
  { store }: Pick<FlowServiceParts, 'store'>,
  record: FlowRunRecord,
  guard?: (tx: StoreTransaction) => Promise<void>,
): Promise<OpenedRun> {
  const effect = async (tx: StoreTransaction): Promise<void> => {
    await guard?.(tx);
    if (!(await store.flows.open(record, tx)).created) throw new AlreadyOpenError();
  };
  try {
    await store.journal.append(openingDrafts(record), effect);
    return { record, created: true };
  } catch (thrown) {
    const raced = thrown instanceof AlreadyOpenError || thrown instanceof AuditConflictError;
    const stored = raced ? await store.flows.get(record.run) : null;
    if (stored === null) throw thrown;
    return { record: stored, created: false };
  }
}
