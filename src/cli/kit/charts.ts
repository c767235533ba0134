import type { Coverage } from '../../mfa/types.ts';
import { formatCoverage } from '../../mfa/coverage.ts';

import { markup } from './html.ts';
import type { Markup } from './html.ts';

/** A part of a bar: its value, colour class, and text for screen readers. */
interface Segment {
  value: number;
  tone: string;
  label: string;
}

const WIDTH = 1000;
const x = (share: number): number => Math.round(share * WIDTH * 10) / 10;

/** A stacked bar of the segments; empty if their sum is zero. */
export function segmentBar(segments: readonly Segment[], title: string): Markup {
  const total = segments.reduce((sum, { value }) => sum + value, 0);
  let start = 0;
  const rects = segments
    .filter(({ value }) => value > 0)
    .map(({ value, tone, label }) => {
      const from = start;
      start += value;
      return markup`<rect class="t-${tone}" x="${x(from / total)}" y="0" width="${x(value / total)}" height="16"><title>${label}</title></rect>`;
    });
  return markup`<svg class="bar" viewBox="0 0 ${WIDTH} 16" preserveAspectRatio="none" role="img" aria-label="${title}"><rect class="track" x="0" y="0" width="${WIDTH}" height="16"/>${rects}</svg>`;
}

/** A bar for one share of a whole. */
export const shareBar = (part: Segment, total: number): Markup =>
  segmentBar(
    [part, { value: Math.max(0, total - part.value), tone: 'rest', label: 'the others' }],
    part.label,
  );

/**
 * Coverage from 0 to 100 %: the lower bound, what unreadable users may add, and a marker for the
 * last run.
 */
export function coverageBar(coverage: Coverage, previous: Coverage | null): Markup {
  const low = coverage.low ?? 0;
  const high = coverage.high ?? low;
  const before = previous?.low ?? null;
  const title = `Coverage ${formatCoverage(coverage)}${before === null ? '' : `, before ${formatCoverage(previous!)}`}`;
  return markup`<svg class="coverage" viewBox="0 0 ${WIDTH} 40" preserveAspectRatio="none" role="img" aria-label="${title}">
<rect class="track" x="0" y="8" width="${WIDTH}" height="24"/>
<rect class="t-compliant" x="0" y="8" width="${x(low)}" height="24"/>
<rect class="t-bounds" x="${x(low)}" y="8" width="${x(high - low)}" height="24"/>
${before === null ? null : markup`<rect class="marker" x="${Math.max(0, x(before) - 1.5)}" y="2" width="3" height="36"/>`}
</svg>`;
}
