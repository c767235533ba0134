import type { PostureProfile } from '../../twin/profile.ts';
import type { Severity, TimelineEntry } from '../../twin/types.ts';
import { CLASS_ORDER, CLASS_WORDS } from '../kit/words.ts';
import { formatPercent } from '../../mfa/coverage.ts';
import { count, plural, timeText } from '../kit/text.ts';
import { segmentBar } from '../kit/charts.ts';
import { markup } from '../kit/html.ts';
import type { Markup } from '../kit/html.ts';

/** Colour class of each severity, most severe first. */
export const SEVERITY_TONES: Record<Severity, string> = {
  critical: 'none',
  high: 'pending_only',
  medium: 'weak',
  low: 'exempt',
};
export const SEVERITY_ORDER = Object.keys(SEVERITY_TONES) as Severity[];

/** Label and colour for ACTIVE users without a factor class. */
export const WITHOUT_CLASS = {
  label: 'No active factor, or unread',
  examples: 'none enrolled, or not readable',
  tone: 'vanished',
} as const;

/** Number of ACTIVE users without a factor class. */
export const withoutClass = ({ byClass, active }: PostureProfile): number =>
  Math.max(0, active - CLASS_ORDER.reduce((sum, name) => sum + byClass[name], 0));

/** Bar of ACTIVE users by their strongest factor class; users without one are the remainder. */
export function classBar(profile: PostureProfile): Markup {
  const { byClass, active } = profile;
  const parts = CLASS_ORDER.map((name) => ({
    value: byClass[name],
    tone: name,
    label: `${CLASS_WORDS[name].label}: ${count(byClass[name])}`,
  }));
  const rest = withoutClass(profile);
  const without = {
    value: rest,
    tone: WITHOUT_CLASS.tone,
    label: `${WITHOUT_CLASS.label}: ${count(rest)}`,
  };
  return segmentBar([...parts, without], `Strongest factor of ${plural(active, 'active user')}`);
}

/** Bar of the open gaps by severity. */
export function severityBar(gaps: Record<Severity, number>): Markup {
  const parts = SEVERITY_ORDER.map((name) => ({
    value: gaps[name],
    tone: SEVERITY_TONES[name],
    label: `${name}: ${count(gaps[name])}`,
  }));
  return segmentBar(parts, `Open gaps: ${parts.map(({ label }) => label).join(', ')}`);
}

const WIDTH = 1000;
const HEIGHT = 160;

/**
 * Line of MFA coverage from 0 to 100 % over the syncs, oldest on the left; nothing if fewer than
 * two syncs have a value.
 */
export function coverageLine(timeline: readonly TimelineEntry[]): Markup | null {
  const points = timeline.flatMap(({ at, coverage: { share } }) =>
    share === null ? [] : [{ at, share }],
  );
  const [first, last] = [points[0], points.at(-1)];
  if (points.length < 2 || !first || !last) return null;
  const start = Date.parse(first.at);
  const span = Date.parse(last.at) - start || 1;
  const placed = points.map(({ at, share }) => ({
    x: round(((Date.parse(at) - start) / span) * WIDTH),
    y: round((1 - share) * HEIGHT),
    label: `${timeText(at)}: ${formatPercent(share)}`,
  }));
  const title = `MFA coverage from ${formatPercent(first.share)} to ${formatPercent(last.share)} over ${plural(points.length, 'sync', 'syncs')}`;
  return markup`<svg class="line" viewBox="0 -6 ${WIDTH} ${HEIGHT + 12}" preserveAspectRatio="none" role="img" aria-label="${title}">
${[0, 0.5, 1].map((share) => markup`<line class="guide" x1="0" x2="${WIDTH}" y1="${share * HEIGHT}" y2="${share * HEIGHT}"/>`)}
<polyline class="stroke" points="${placed.map(({ x, y }) => `${x},${y}`).join(' ')}"/>
${placed.map(({ x, y, label }) => markup`<rect class="t-compliant" x="${x - 3}" y="${y - 3}" width="6" height="6"><title>${label}</title></rect>`)}
</svg>`;
}

// An invalid time must not break the image.
const round = (value: number): number => (Number.isFinite(value) ? Math.round(value * 10) / 10 : 0);

/** Style rules for the line chart, appended to the style sheet of the report. */
export const CHART_STYLE = `svg.line{height:160px}.guide{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
.stroke{fill:none;stroke:var(--compliant);stroke-width:2.5;vector-effect:non-scaling-stroke}
`;
