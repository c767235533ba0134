import type { ScanSummary } from '../../../mfa/document.ts';
import type { FullReason } from '../../../mfa/delta.ts';
import type { VerdictCounts } from '../../../mfa/types.ts';
import type { Store } from '../../../store/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import { planOf } from '../plan.ts';
import { deltaPlanOf } from './scan-plan.ts';

/** The part of the report about a scan for which `mode: delta` was requested. */
export async function scanSummary(
  store: Pick<Store, 'deltas'>,
  record: RunRecord,
  { enumerated }: VerdictCounts,
): Promise<ScanSummary> {
  const scan = await deltaPlanOf(store, record);
  if (scan === null) {
    const reason = await fullScanReason(store, record);
    return { mode: 'full', base: null, lastFull: null, reread: enumerated, takenOver: 0, reason };
  }
  const { run, startedAt, lastFull } = scan.base;
  const takenOver = await store.deltas.countTakenOver(record.run);
  const reread = enumerated - takenOver;
  return { mode: 'delta', base: { run, startedAt }, lastFull, reread, takenOver, reason: null };
}

/** Known when the run began, or from the log. Null if the run ended before the log was read. */
async function fullScanReason(
  { deltas }: Pick<Store, 'deltas'>,
  record: RunRecord,
): Promise<string | null> {
  const { scan } = planOf(record);
  if (scan?.mode === 'full') return scan.reason.text;
  return (
    ((await deltas.readOutcome(record.run))?.reason as FullReason | null | undefined)?.text ?? null
  );
}
