import { coverageFrom } from './mfa.ts';
import { ssoApps } from './tally.ts';
import type { Tally } from './tally.ts';
import type { Judge } from './judge.ts';
import { DRIFT_KINDS, STREAMS } from './types.ts';
import type { Drift, DriftKind, TimelineEntry } from './types.ts';

/** How many of each kind. */
export function countDrift(drift: readonly Drift[]): Record<DriftKind, number> {
  const counts = Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, 0])) as Record<
    DriftKind,
    number
  >;
  for (const { kind } of drift) counts[kind] += 1;
  return counts;
}

/** The posture of this sync for the time line. */
export function timelineEntry(
  tally: Tally,
  drift: Record<DriftKind, number>,
  judge: Judge,
): TimelineEntry {
  return {
    run: judge.run,
    at: judge.at,
    coverage: coverageFrom(tally.mfa),
    privileged: tally.privileged,
    ssoApps: ssoApps(tally),
    gaps: tally.gaps,
    drift,
    incomplete: STREAMS.filter((name) => !judge.complete.has(name)),
  };
}
