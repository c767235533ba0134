import { matchesAny } from '../../../governance/glob.ts';
import type { CheckSettings } from '../../../config/schema/check-settings.ts';
import { deltaStart } from '../../../mfa/delta.ts';
import type { Base, FullReason } from '../../../mfa/delta.ts';
import { MFA_PRINCIPAL } from '../../../mfa/identity.ts';
import type { Store } from '../../../store/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { UsesConnectors, UsesStore } from '../../support/parts.ts';
import { planOf } from '../plan.ts';

/** How a run for which a delta scan was requested continues. Part of the frozen plan. */
export type ScanPlan =
  | { mode: 'full'; reason: FullReason }
  /** The log is read from `since` on, and not before `readyAt`, because entries arrive late. */
  | { mode: 'delta'; base: Base; since: string; readyAt: string };

interface ScanRequest {
  settings: CheckSettings;
  scopeKey: string;
  run: string;
  now: Date;
}

/** Decides what can be decided before the log is read. Undefined if a full scan was requested. */
export async function scanPlanOf(
  deps: UsesStore<'runs' | 'deltas'> & UsesConnectors<'decide'>,
  { settings, scopeKey, run, now }: ScanRequest,
): Promise<ScanPlan | undefined> {
  const { mode, fullEveryMs, logDelayMs } = settings.scan;
  if (mode === 'full') return undefined;
  const base = await baseOf(deps.store, scopeKey, { run, startedAt: now.toISOString() });
  const start = deltaStart({ base, now, fullEveryMs, logAllowed: isLogAllowed(deps, settings) });
  if (base === null || !('since' in start)) return { mode: 'full', reason: start as FullReason };
  const readyAt = new Date(now.getTime() + logDelayMs).toISOString();
  return { mode: 'delta', base, since: start.since, readyAt };
}

async function baseOf(
  store: Pick<Store, 'runs' | 'deltas'>,
  scopeKey: string,
  before: Pick<RunRecord, 'run' | 'startedAt'>,
) {
  const record = await store.runs.lastComplete(scopeKey, before);
  if (record === null) return null;
  const { run, startedAt } = record;
  const planned = await deltaPlanOf(store, record);
  return { run, startedAt, lastFull: planned?.base.lastFull ?? startedAt } satisfies Base;
}

function isLogAllowed(
  { connectors }: UsesConnectors<'decide'>,
  { permitted }: CheckSettings,
): boolean {
  const { effect } = connectors.decide('okta', 'logs:read', MFA_PRINCIPAL);
  return matchesAny(permitted.okta, 'logs:read') && (effect === 'allow' || effect === 'auto');
}

/** The plan of a delta scan that the log confirmed; null if the run reads all users. */
export async function deltaPlanOf(
  { deltas }: Pick<Store, 'deltas'>,
  record: RunRecord,
): Promise<Extract<ScanPlan, { mode: 'delta' }> | null> {
  const { scan } = planOf(record);
  if (scan?.mode !== 'delta') return null;
  return (await deltas.readOutcome(record.run))?.mode === 'delta' ? scan : null;
}
