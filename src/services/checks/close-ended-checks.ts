import { AuditConflictError } from '../../audit/errors.ts';
import type { AuditDraft } from '../../audit/types.ts';
import type { RunEnds } from '../../client/run-ends.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { SyncRecord } from '../../store/twin-sync-types.ts';
import type { Store, StoreTransaction } from '../../store/types.ts';

/** What looking up ended runs needs; without `ends`, records stay as they are stored. */
interface EndedRunParts {
  store: Pick<Store, 'journal'> & {
    runs: Pick<Store['runs'], 'get' | 'end'>;
    twin: { syncs: Pick<Store['twin']['syncs'], 'get' | 'end'> };
  };
  ends: RunEnds | null;
  now: () => Date;
}

/** A run younger than this may be stored before Temporal shows it. */
const START_WITHIN_MS = 10_000;
/** Runs that are looked up in Temporal for one answer. */
const MAX_LOOKUPS = 20;

/** Rolls back the transaction of the process that closes a run second. */
class AlreadyClosedError extends Error {}

/**
 * Returns checks in their real state. A check whose workflow was ended in Temporal (terminated,
 * timed out) could not close itself: it is closed as `terminated`. If Temporal does not answer or
 * does not know the workflow, it stays as it is.
 */
export const closeEndedChecks = (
  parts: EndedRunParts,
  records: readonly RunRecord[],
): Promise<RunRecord[]> =>
  closeEnded(parts, records, {
    kind: 'scan.ended',
    principal: 'workflow:mfa-enforcement-check',
    end: (tx, run, at) => parts.store.runs.end(tx, run, at),
    read: (run) => parts.store.runs.get(run),
  });

/** Returns syncs in their real state, as `closeEndedChecks` does for checks. */
export const closeEndedSyncs = (
  parts: EndedRunParts,
  records: readonly SyncRecord[],
): Promise<SyncRecord[]> =>
  closeEnded(parts, records, {
    kind: 'sync.ended',
    principal: 'workflow:okta-sync',
    end: (tx, run, at) => parts.store.twin.syncs.end(tx, run, at),
    read: (run) => parts.store.twin.syncs.get(run),
  });

type Closable = Pick<RunRecord, 'run' | 'workflowId' | 'status' | 'startedAt'>;

/** How runs of one kind are closed. */
interface Closing<Ended> {
  kind: 'scan.ended' | 'sync.ended';
  principal: string;
  /** False, without a change, if the run has already ended. */
  end: (tx: StoreTransaction, run: string, at: string) => Promise<boolean>;
  read: (run: string) => Promise<Ended | null>;
}

async function closeEnded<Ended extends Closable>(
  { store, ends, now }: EndedRunParts,
  records: readonly Ended[],
  closing: Closing<Ended>,
): Promise<Ended[]> {
  if (ends === null) return [...records];
  const before = now().getTime() - START_WITHIN_MS;
  const due = records.filter(
    ({ status, startedAt }) => status === 'running' && Date.parse(startedAt) < before,
  );
  const looked = await Promise.all(
    due.slice(0, MAX_LOOKUPS).map(async (record) => {
      const code = await ends.findRunEnd(record);
      if (code === null) return [record.run, record] as const;
      await close(store, record, { closing, code, at: now().toISOString() });
      return [record.run, (await closing.read(record.run)) ?? record] as const;
    }),
  );
  const fresh = new Map(looked);
  return records.map((record) => fresh.get(record.run) ?? record);
}

async function close<Ended extends Closable>(
  { journal }: Pick<Store, 'journal'>,
  { run, workflowId }: Closable,
  { closing, code, at }: { closing: Closing<Ended>; code: string; at: string },
): Promise<void> {
  const draft: AuditDraft = {
    workflowId,
    run,
    kind: closing.kind,
    subject: run,
    at,
    // Nobody is known to have ended it: Temporal only shows that it was.
    actor: { principal: closing.principal, authenticatedBy: 'none' },
    surface: 'workflow',
    outcome: { status: 'terminated', code },
  };
  const effect = async (tx: StoreTransaction): Promise<void> => {
    if (!(await closing.end(tx, run, at))) throw new AlreadyClosedError();
  };
  try {
    await journal.append([draft], effect);
  } catch (thrown) {
    if (!(thrown instanceof AlreadyClosedError || thrown instanceof AuditConflictError))
      throw thrown;
  }
}
