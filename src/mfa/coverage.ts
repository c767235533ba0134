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
 * A share as text: 0.8734 → `87.3 %`; `n/a` for null. Cut off, never rounded up, so only full coverage
 * is shown as 100 %; and only none as 0 %.
 */
export function formatPercent(share: number | null): string {
  if (share === null) return 'n/a';
  const tenths = Math.floor(share * 1_000 + 1e-9);
  return `${(Math.max(tenths, share > 0 ? 1 : 0) / 10).toFixed(1)} %`;
}

/** Coverage as text: `91.4 %`, `91.2 % to 91.4 %` if users are unknown, or `n/a`. */
export function formatCoverage({ low, high }: Coverage): string {
  const [least, most] = [formatPercent(low), formatPercent(high)];
  return least === most ? least : `${least} to ${most}`;
}
