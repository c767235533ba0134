import { zeroCounts } from '../mfa/records.ts';
import { coverageFrom } from './mfa.ts';
import { ssoApps } from './tally.ts';
import type { Tally } from './tally.ts';
import type { AssessmentContext } from './context.ts';
import { DRIFT_KINDS, STREAMS } from './types.ts';
import type { Drift, DriftKind, TimelineEntry } from './types.ts';

/** Number of changes of each kind. */
export function countDrift(drift: readonly Drift[]): Record<DriftKind, number> {
  const counts = zeroCounts(DRIFT_KINDS);
  for (const { kind } of drift) counts[kind] += 1;
  return counts;
}

/** The posture at this sync, for the timeline. */
export function timelineEntry(
  tally: Tally,
  drift: Record<DriftKind, number>,
  context: AssessmentContext,
): TimelineEntry {
  return {
    run: context.run,
    at: context.at,
    coverage: coverageFrom(tally.mfa),
    privileged: tally.privileged,
    ssoApps: ssoApps(tally),
    gaps: tally.gaps,
    drift,
    incomplete: STREAMS.filter((name) => !context.complete.has(name)),
  };
}
