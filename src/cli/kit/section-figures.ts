/** Sections of the HTML report with figures. */

import type { Breakdown, RunDocument } from '../../mfa/document.ts';
import type { VerdictCounts } from '../../mfa/types.ts';
import { formatCoverage, formatPercent } from '../../mfa/coverage.ts';
import { count, plural } from './text.ts';
import {
  ACTION_VERDICTS,
  CLASS_ORDER,
  CLASS_WORDS,
  VERDICT_ORDER,
  VERDICT_WORDS,
} from './words.ts';
import { coverageBar, shareBar, segmentBar } from './charts.ts';
import { markup } from './html.ts';
import type { Markup } from './html.ts';

/** Users who need action: weak_only + none + pending_only. */
const usersUncovered = (counts: VerdictCounts): number =>
  VERDICT_ORDER.filter((verdict) => ACTION_VERDICTS.has(verdict)).reduce(
    (sum, verdict) => sum + counts[verdict],
    0,
  );

/** Users included in the coverage figure. */
const usersMeasured = ({ enumerated, exempt, in_grace, vanished }: VerdictCounts): number =>
  enumerated - exempt - in_grace - vanished;

/** A coloured square before a name. */
export const dot = (tone: string): Markup =>
  markup`<svg class="dot" viewBox="0 0 10 10" aria-hidden="true"><rect class="t-${tone}" width="10" height="10" rx="3"/></svg>`;

/** The five figures at the top. */
export function tiles({ counts, byClass, tickets, changes, dryRun }: RunDocument): Markup {
  const resistant = byClass.phishing_resistant;
  const figures: [name: string, value: string, note: string][] = [
    ['Users checked', count(counts.enumerated), `${count(usersMeasured(counts))} measured`],
    [
      'Not covered',
      count(usersUncovered(counts)),
      `${count(changes.new)} new, ${count(changes.regressed)} regressed`,
    ],
    [
      'Phishing-resistant',
      count(resistant),
      counts.enumerated > 0 ? `${formatPercent(resistant / counts.enumerated)} of users` : '',
    ],
    ['Unknown', count(counts.unknown), 'could not be assessed'],
    dryRun
      ? ['Tickets', count(tickets.wouldCreate), 'would be opened']
      : [
          'Open tickets',
          count(tickets.keys.length),
          `${count(tickets.created)} created, ${count(tickets.closed)} closed`,
        ],
  ];
  return markup`<div class="tiles">${figures.map(
    ([name, value, note]) =>
      markup`<div class="tile"><span class="name">${name}</span><b>${value}</b><span class="small soft">${note}</span></div>`,
  )}</div>`;
}

/** Coverage with its bounds and its change. */
export function coverage({ coverage: share, previousCoverage, counts }: RunDocument): Markup {
  const range = share.low !== share.high;
  return markup`<section aria-labelledby="coverage"><div class="hero">
<div><h2 id="coverage">Coverage</h2><div class="big${range && ' range'}">${formatCoverage(share)}</div><p class="soft small">${changeText(share.low, previousCoverage?.low ?? null)}</p></div>
<div>${coverageBar(share, previousCoverage)}<div class="scale" aria-hidden="true"><span>0 %</span><span>25 %</span><span>50 %</span><span>75 %</span><span>100 %</span></div>
<p class="small soft">${count(counts.compliant)} compliant of ${count(usersMeasured(counts))} measured users.${range && ` The paler part shows ${plural(counts.unknown, 'user')} who could not be assessed: not covered in the lower bound, covered in the upper bound.`}${previousCoverage && ' The line marks the last complete run.'}</p></div>
</div></section>`;
}

function changeText(now: number | null, before: number | null): string {
  if (now === null) return 'No users to measure.';
  if (before === null) return 'No earlier complete run of this scope.';
  const points = (now - before) * 100;
  if (Math.abs(points) < 0.05) return 'Unchanged since the last complete run.';
  return `${points > 0 ? '▲' : '▼'} ${Math.abs(points).toFixed(1)} points since the last complete run.`;
}

/** How many users got each verdict. */
export function verdicts({ counts }: RunDocument): Markup {
  const rows = VERDICT_ORDER.map((verdict) => {
    const { label, meaning } = VERDICT_WORDS[verdict];
    const value = counts[verdict];
    return markup`<tr><th scope="row">${dot(verdict)}${label}<div class="small soft">${meaning}</div></th><td class="num">${count(value)}</td><td class="bar">${shareBar({ value, tone: verdict, label: `${label}: ${value} of ${counts.enumerated}` }, counts.enumerated)}</td></tr>`;
  });
  return markup`<section aria-labelledby="verdicts"><h2 id="verdicts">Verdicts</h2><table><caption>One verdict for each of ${plural(counts.enumerated, 'user')}</caption><thead><tr><th scope="col">Verdict</th><th scope="col" class="num">Users</th><th scope="col"><span class="soft">Share</span></th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

/** Users by the strongest class among their active factors. */
export function factorClasses({ byClass, counts, pushOnly, authenticators }: RunDocument): Markup {
  const rows = CLASS_ORDER.map((name) => {
    const { label, examples } = CLASS_WORDS[name];
    return markup`<tr><th scope="row">${dot(name)}${label}<div class="small soft">${examples}</div></th><td class="num">${count(byClass[name])}</td><td class="bar">${shareBar({ value: byClass[name], tone: name, label: `${label}: ${byClass[name]} of ${counts.enumerated}` }, counts.enumerated)}</td></tr>`;
  });
  const push =
    pushOnly > 0 &&
    markup`<p class="small"><strong>Approve-only push:</strong> ${plural(pushOnly, 'user relies', 'users rely')} on push alone. An approve-only push does not meet NIST SP 800-63B-4 §3.1.3; push with number challenge does.</p>`;
  return markup`<section aria-labelledby="strength"><h2 id="strength">Strongest factor per user</h2><table><caption>${count(authenticators)} active authenticators (one Okta Verify enrolment counts once)</caption><thead><tr><th scope="col">Class</th><th scope="col" class="num">Users</th><th scope="col"><span class="soft">Share</span></th></tr></thead><tbody>${rows}</tbody></table>${push}</section>`;
}

const segments = (counts: VerdictCounts) =>
  VERDICT_ORDER.map((verdict) => ({
    value: counts[verdict],
    tone: verdict,
    label: `${VERDICT_WORDS[verdict].label}: ${counts[verdict]}`,
  }));

function breakdownRow({ name, counts, coverage: share }: Breakdown): Markup {
  return markup`<tr><th scope="row">${name}</th><td class="num">${count(counts.enumerated)}</td><td class="num">${count(usersUncovered(counts))}</td><td class="num">${formatCoverage(share)}</td><td class="bar">${segmentBar(segments(counts), `${name}: ${usersUncovered(counts)} of ${counts.enumerated} not covered`)}</td></tr>`;
}

const BREAKDOWN_HEAD = (first: string): Markup =>
  markup`<thead><tr><th scope="col">${first}</th><th scope="col" class="num">Users</th><th scope="col" class="num">Not covered</th><th scope="col" class="num">Coverage</th><th scope="col">Verdicts</th></tr></thead>`;

const legend = (): Markup =>
  markup`<ul class="legend">${VERDICT_ORDER.map((verdict) => markup`<li>${dot(verdict)}${VERDICT_WORDS[verdict].label}</li>`)}</ul>`;

/** A table of departments or groups, worst first as stored; nothing if there are none. */
export function breakdowns(
  heading: string,
  first: string,
  rows: readonly Breakdown[],
): Markup | null {
  if (rows.length === 0) return null;
  const id = heading.toLowerCase();
  return markup`<section class="long" aria-labelledby="${id}"><h2 id="${id}">${heading}</h2><div class="wide"><table>${BREAKDOWN_HEAD(first)}<tbody>${rows.map(breakdownRow)}</tbody></table></div>${legend()}</section>`;
}

/** The administrators, separate from all other users. */
export function administrators({ administrators: group }: RunDocument): Markup {
  const content = group
    ? markup`<div class="wide"><table>${BREAKDOWN_HEAD('Group')}<tbody>${breakdownRow(group)}</tbody></table></div>${usersUncovered(group.counts) > 0 && markup`<p><span class="pill bad">${plural(usersUncovered(group.counts), 'administrator')} not covered</span></p>`}${legend()}`
    : markup`<p class="soft">No privileged groups are configured (<span class="mono">twin.privileged_groups</span>), so administrators are not shown separately.</p>`;
  return markup`<section aria-labelledby="admins"><h2 id="admins">Administrators</h2>${content}</section>`;
}

/** ACTIVE factors by Okta's type. */
export function factorTypes({ byFactor }: RunDocument): Markup | null {
  const rows = Object.entries(byFactor).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map(([, value]) => value));
  return markup`<section aria-labelledby="types"><h2 id="types">Active factors by type</h2><table><caption>One Okta Verify enrolment appears under every type it offers</caption><thead><tr><th scope="col">Type</th><th scope="col" class="num">Factors</th><th scope="col"></th></tr></thead><tbody>${rows.map(
    ([type, value]) =>
      markup`<tr><th scope="row" class="mono">${type}</th><td class="num">${count(value)}</td><td class="bar">${shareBar({ value, tone: 'in_grace', label: `${type}: ${value}` }, most)}</td></tr>`,
  )}</tbody></table></section>`;
}
