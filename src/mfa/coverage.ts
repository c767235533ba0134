import { zeroCounts } from './records.ts';
import { VERDICTS } from './types.ts';
import type { Coverage, Verdict, VerdictCounts } from './types.ts';

/** All counts zero. */
export function emptyCounts(): VerdictCounts {
  return zeroCounts([...VERDICTS, 'enumerated']);
}

/** Adds one user. `enumerated` grows with every verdict, so it is always their sum. */
export function countVerdict(counts: VerdictCounts, verdict: Verdict): void {
  counts[verdict] += 1;
  counts.enumerated += 1;
}

/** Number of users who need a ticket. */
export function nonCompliant(counts: VerdictCounts): number {
  return counts.weak_only + counts.none + counts.pending_only;
}

/**
 * compliant ÷ (enumerated − exempt − in_grace − vanished). Unknown users count as not covered in
 * `low`, and as covered in `high`.
 */
export function coverageOf(counts: VerdictCounts): Coverage {
  const judged = counts.enumerated - counts.exempt - counts.in_grace - counts.vanished;
  if (judged <= 0) return { low: null, high: null };
  return { low: counts.compliant / judged, high: (counts.compliant + counts.unknown) / judged };
}

/**
 * Coverage as text: `91.4 %`, `91.2–91.4 %` with bounds, or `n/a`. Percentages are cut off, never
 * rounded up.
 */
export function formatCoverage({ low, high }: Coverage): string {
  if (low === null || high === null) return 'n/a';
  const percent = (share: number): string => (Math.floor(share * 1000 + 1e-9) / 10).toFixed(1);
  return percent(low) === percent(high)
    ? `${percent(low)} %`
    : `${percent(low)}–${percent(high)} %`;
}
