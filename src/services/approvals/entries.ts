import type { AuditEntry } from '../../audit/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';

/** The audit entries about a request in order: its own, and those of its call. */
export async function entriesOf(
  store: Pick<Store, 'audit'>,
  record: ActionRecord,
): Promise<AuditEntry[]> {
  const { requestId, run, principal } = record;
  const [about, during] = await Promise.all([
    store.audit.list({ subject: requestId }),
    store.audit.list({ run }),
  ]);
  const own = during.filter(
    ({ entry }) => entry.actor.principal === principal || entry.subject === requestId,
  );
  const all = new Map([...about, ...own].map(({ index, entry }) => [index, entry]));
  const inOrder = [...all].toSorted(([one], [other]) => one - other).map(([, entry]) => entry);
  return inOrder.filter((entry) => !isOtherCall(entry, record));
}

/**
 * Messages that ask for a decision are also calls about the request, but not the requested call.
 */
function isOtherCall({ kind, operation, actor }: AuditEntry, record: ActionRecord): boolean {
  if (!kind.startsWith('action.') || operation === undefined) return false;
  return (
    operation !== `${record.connector}:${record.operation}` || actor.principal !== record.principal
  );
}
