import { matchesAny } from '../../../governance/glob.ts';
import type { CheckSettings } from '../../../config/schema/check-settings.ts';
import { deltaStart } from '../../../mfa/delta.ts';
import type { Base, FullReason } from '../../../mfa/delta.ts';
import { MFA_PRINCIPAL } from '../../../mfa/identity.ts';
import type { Store } from '../../../store/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { Deps } from '../deps.ts';
import { frozen } from '../plan.ts';

/** How a run goes on for which a delta scan was asked. Part of the frozen plan. */
export type ScanPlan =
  | { mode: 'full'; reason: FullReason }
  /** The log is read from `since` on, not before `readyAt`: entries come late. */
  | { mode: 'delta'; base: Base; since: string; readyAt: string };

interface Wanted {
  settings: CheckSettings;
  scopeKey: string;
  run: string;
  now: Date;
}

/**
 * Decides what can be decided before the log is read. Undefined where a full scan was asked for.
 */
export async function scanPlanOf(
  deps: Deps,
  { settings, scopeKey, run, now }: Wanted,
): Promise<ScanPlan | undefined> {
  const { mode, fullEveryMs, logDelayMs } = settings.scan;
  if (mode === 'full') return undefined;
  const base = await baseOf(deps.store, scopeKey, { run, startedAt: now.toISOString() });
  const ground = deltaStart({ base, now, fullEveryMs, logAllowed: logAllowed(deps, settings) });
  if (base === null || !('since' in ground)) return { mode: 'full', reason: ground as FullReason };
  const readyAt = new Date(now.getTime() + logDelayMs).toISOString();
  return { mode: 'delta', base, since: ground.since, readyAt };
}

async function baseOf(
  store: Store,
  scopeKey: string,
  before: Pick<RunRecord, 'run' | 'startedAt'>,
) {
  const record = await store.runs.lastComplete(scopeKey, before);
  if (record === null) return null;
  const { run, startedAt } = record;
  const planned = await takingOver(store, record);
  return { run, startedAt, lastFull: planned?.base.lastFull ?? startedAt } satisfies Base;
}

function logAllowed({ connectors }: Deps, { permitted }: CheckSettings): boolean {
  const { effect } = connectors.decide('okta', 'logs:read', MFA_PRINCIPAL);
  return matchesAny(permitted.okta, 'logs:read') && (effect === 'allow' || effect === 'auto');
}

/** The delta scan of a run, once the log let it go on as one; null where everybody is read. */
export async function takingOver(
  { deltas }: Pick<Store, 'deltas'>,
  record: RunRecord,
): Promise<Extract<ScanPlan, { mode: 'delta' }> | null> {
  const { scan } = frozen(record);
  if (scan?.mode !== 'delta') return null;
  return (await deltas.readOutcome(record.run))?.mode === 'delta' ? scan : null;
}
