import type { ScanSummary } from '../../../mfa/document.ts';
import type { FullReason } from '../../../mfa/delta.ts';
import type { VerdictCounts } from '../../../mfa/types.ts';
import type { Store } from '../../../store/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import { frozen } from '../plan.ts';
import { takingOver } from './ground.ts';

/** What a report says of a scan for which `mode: delta` was asked. */
export async function scanSummary(
  store: Pick<Store, 'deltas'>,
  record: RunRecord,
  { enumerated }: VerdictCounts,
): Promise<ScanSummary> {
  const scan = await takingOver(store, record);
  if (scan === null) {
    const reason = await whyFull(store, record);
    return { mode: 'full', base: null, lastFull: null, reread: enumerated, takenOver: 0, reason };
  }
  const { run, startedAt, lastFull } = scan.base;
  const takenOver = await store.deltas.countTakenOver(record.run);
  const reread = enumerated - takenOver;
  return { mode: 'delta', base: { run, startedAt }, lastFull, reread, takenOver, reason: null };
}

/** Known when the run began, or found out from the log; null where the run ended before that. */
async function whyFull(
  { deltas }: Pick<Store, 'deltas'>,
  record: RunRecord,
): Promise<string | null> {
  const { scan } = frozen(record);
  if (scan?.mode === 'full') return scan.reason.text;
  return (
    ((await deltas.readOutcome(record.run))?.reason as FullReason | null | undefined)?.text ?? null
  );
}
