import { scopeKey } from '../../../mfa/identity.ts';
import { isGroupId } from '../../../connectors/okta/scope.ts';
import type { RunSummary } from '../../../mfa/document.ts';
import type { Store } from '../../../store/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';

/** Which users a check covers; groups by id or exact name (none: all users). */
export interface Scope {
  statuses: readonly string[];
  groups: readonly string[];
}

/** What the last complete run of a scope found, dry or not. */
export interface LastRun {
  run: string;
  /** ISO 8601. */
  finishedAt: string;
  users: number;
  /** Users who were not covered, and the number of them with an open ticket. */
  findings: number;
  ticketed: number;
  /** Tickets that were closed, or would have been. */
  closed: number;
}

/** How many earlier runs are searched for one of the same scope. */
const EARLIER_RUNS = 100;

/**
 * Finds the last complete run of the scope in the store; null if there is none. Group names are
 * resolved by the runs that recorded them.
 */
export async function lastRun(
  store: Store,
  { org, ...scope }: Scope & { org: string },
): Promise<LastRun | null> {
  const records = (await store.runs.list(EARLIER_RUNS)).filter((record) => record.org === org);
  const ids = groupIds(scope.groups, records);
  if (ids === null) return null;
  const key = scopeKey(org, scope.statuses, ids);
  const record = records.find(({ scopeKey: own, status }) => own === key && status === 'complete');
  return record?.finishedAt && record.summary
    ? lastRunOf(record.run, record.finishedAt, record.summary as unknown as RunSummary)
    : null;
}

function lastRunOf(run: string, finishedAt: string, { counts, tickets }: RunSummary): LastRun {
  return {
    run,
    finishedAt,
    users: counts.enumerated,
    findings: counts.weak_only + counts.none + counts.pending_only,
    ticketed: tickets.keys.length,
    closed: tickets.closed + tickets.wouldClose,
  };
}

/** Null if a name is not known. If several runs recorded a name, the newest one counts. */
function groupIds(references: readonly string[], records: readonly RunRecord[]): string[] | null {
  const named = records.flatMap(
    ({ plan }) => (plan['groups'] ?? []) as unknown as RunSummary['scope']['groups'],
  );
  const ids = references.map((reference) =>
    isGroupId(reference)
      ? reference
      : named.find(({ id, name }) => name === reference || id === reference)?.id,
  );
  return ids.every((id) => id !== undefined) ? ids : null;
}
