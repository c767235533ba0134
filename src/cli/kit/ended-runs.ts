import { closeEndedChecks, closeEndedSyncs } from '../../services/checks/close-ended-checks.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { SyncRecord } from '../../store/twin-sync-types.ts';
import type { Store } from '../../store/types.ts';
import type { Io } from './io.ts';
import { loadSettings } from './settings.ts';

interface LookUpOptions {
  config?: string;
  local?: boolean;
}

/**
 * Checks in their real state: those that were ended in Temporal are closed as `terminated`. Asks
 * Temporal only about checks that are stored as running.
 */
export const checksNow = (
  io: Io,
  store: Store,
  records: readonly RunRecord[],
  options: LookUpOptions,
): Promise<RunRecord[]> =>
  withEnds(io, { records, options }, (ends) =>
    closeEndedChecks({ store, ends, now: () => new Date() }, records),
  );

/** Syncs in their real state, as `checksNow` does for checks. */
export const syncsNow = (
  io: Io,
  store: Store,
  records: readonly SyncRecord[],
  options: LookUpOptions,
): Promise<SyncRecord[]> =>
  withEnds(io, { records, options }, (ends) =>
    closeEndedSyncs({ store, ends, now: () => new Date() }, records),
  );

type Ends = Parameters<typeof closeEndedChecks>[0]['ends'];

async function withEnds<Ended extends { status: string }>(
  io: Io,
  { records, options }: { records: readonly Ended[]; options: LookUpOptions },
  task: (ends: Ends) => Promise<Ended[]>,
): Promise<Ended[]> {
  if (records.every(({ status }) => status !== 'running')) return [...records];
  const settings = await loadSettings(io, options).catch(() => null);
  if (settings === null) return [...records];
  const { createWorkflowEnds } = await import('../flows/workflow-ends.ts');
  const { runs, close } = createWorkflowEnds(settings, options);
  try {
    return await task(runs);
  } finally {
    await close();
  }
}
