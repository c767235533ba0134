/** Sections of the identity-posture page. */

import type { Excerpt, PostureProfile } from '../../twin/profile.ts';
import type { TimelineEntry } from '../../twin/types.ts';
import { CLASS_ORDER, CLASS_WORDS } from '../kit/words.ts';
import { count, duration, plural, timeText } from '../kit/text.ts';
import { shareBar } from '../kit/charts.ts';
import { markup } from '../kit/html.ts';
import type { Markup } from '../kit/html.ts';
import {
  classBar,
  coverageLine,
  SEVERITY_ORDER,
  SEVERITY_TONES,
  severityBar,
  withoutClass,
  WITHOUT_CLASS,
} from './profile-charts.ts';
import { dot } from '../kit/section-figures.ts';

type Cell = string | Markup;

interface TableSpec {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly Cell[])[];
  /** Columns of dates and marks, which do not wrap. */
  tight?: readonly number[];
}

function table({ caption, head, rows, tight = [] }: TableSpec): Markup {
  if (rows.length === 0) return markup`<p class="soft">None.</p>`;
  const headCells = head.map((cell) => markup`<th scope="col">${cell}</th>`);
  const cellOf = (cell: Cell, at: number) =>
    tight.includes(at) ? markup`<td class="tight">${cell}</td>` : markup`<td>${cell}</td>`;
  const lines = rows.map((cells) => markup`<tr>${cells.map(cellOf)}</tr>`);
  return markup`<div class="wide"><table><caption>${caption}</caption><thead><tr>${headCells}</tr></thead><tbody>${lines}</tbody></table></div>`;
}

function section(id: string, heading: string, ...content: (Markup | null)[]): Markup {
  return markup`<section class="long" aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>${content}</section>`;
}

const more = ({ more: left }: Excerpt<unknown>): Markup | null =>
  left > 0 ? markup`<p class="soft small">… and ${count(left)} more.</p>` : null;

/** The five figures at the top. */
export function tiles(profile: PostureProfile): Markup {
  const { coverage, apps } = profile;
  const figures: [name: string, value: string, note: string][] = [
    [
      'MFA coverage',
      profile.coverageText,
      `${count(coverage.none)} without, ${count(coverage.unknown)} unknown`,
    ],
    [
      'Open gaps',
      count(SEVERITY_ORDER.reduce((sum, name) => sum + profile.gapCounts[name], 0)),
      critical(profile),
    ],
    [
      'Privileged users',
      profile.privilegesLeaveOut === null
        ? count(profile.privilegedUsers)
        : `at least ${count(profile.privilegedUsers)}`,
      plural(profile.superAdmins, 'super administrator'),
    ],
    [
      'SSO apps',
      count(profile.ssoApps),
      `${count(apps.federated)} federated, ${count(apps.password)} password-based`,
    ],
    ['Stale accounts', count(profile.staleAccounts), `of ${plural(profile.active, 'active user')}`],
  ];
  return markup`<div class="tiles">${figures.map(
    ([name, value, note]) =>
      markup`<div class="tile"><span class="name">${name}</span><b>${value}</b><span class="small soft">${note}</span></div>`,
  )}</div>`;
}

const critical = ({ gapCounts }: PostureProfile): string =>
  `${count(gapCounts.critical)} critical, ${count(gapCounts.high)} high`;

/**
 * Coverage by factor class, with a bar. Users without a class have a row too, so that the rows add
 * up.
 */
export function strength(profile: PostureProfile): Markup {
  const { active, byClass } = profile;
  const classes = CLASS_ORDER.map((name) => ({
    ...CLASS_WORDS[name],
    tone: name,
    value: byClass[name],
  }));
  const rows = [...classes, { ...WITHOUT_CLASS, value: withoutClass(profile) }].map((one) => {
    const { label, examples, tone, value } = one;
    const bar = shareBar({ value, tone, label: `${label}: ${value} of ${active}` }, active);
    return markup`<tr><th scope="row">${dot(tone)}${label}<div class="small soft">${examples}</div></th><td class="num">${count(value)}</td><td class="bar">${bar}</td></tr>`;
  });
  return section(
    'strength',
    'Strongest factor per user',
    classBar(profile),
    markup`<table><caption>${plural(profile.active, 'active user')}</caption><thead><tr><th scope="col">Class</th><th scope="col" class="num">Users</th><th scope="col"><span class="soft">Share</span></th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** Open gaps, most severe first. */
export function gaps(profile: PostureProfile): Markup {
  const legend = SEVERITY_ORDER.map(
    (name) =>
      markup`<li>${dot(SEVERITY_TONES[name])}${name}: ${count(profile.gapCounts[name])}</li>`,
  );
  const rows = profile.gaps.items.map((gap) => [
    markup`${dot(SEVERITY_TONES[gap.severity])}${gap.severity}`,
    gap.title,
    gap.name,
    gap.detail,
    gap.since.slice(0, 10),
  ]);
  return section(
    'gaps',
    'Gaps',
    severityBar(profile.gapCounts),
    markup`<ul class="legend">${legend}</ul>`,
    table({
      caption: 'Most severe first',
      head: ['Severity', 'Gap', 'Subject', 'Detail', 'Since'],
      rows,
      tight: [0, 4],
    }),
    more(profile.gaps),
  );
}

/** Privileged users, and the reasons. */
export function privileges({ privileged: list }: PostureProfile): Markup {
  const rows = list.items.map((user) => [user.login, user.status, user.mfa, user.why.join(', ')]);
  const head = ['Login', 'Status', 'MFA', 'Why'];
  return section(
    'privileged',
    'Privileged users',
    table({ caption: 'With the reasons', head, rows }),
    more(list),
  );
}

/** Apps by kind of sign-on. */
export function inventory({ inventory: list }: PostureProfile): Markup {
  const amount = (value: number | null): string => (value === null ? 'unknown' : count(value));
  const rows = list.items.map((app) => [
    app.label,
    app.kind,
    app.signOnMode,
    amount(app.users),
    amount(app.groups),
  ]);
  const head = ['App', 'Sign-on', 'Mode', 'Users', 'Groups'];
  return section(
    'apps',
    'SSO inventory',
    table({ caption: 'Active apps, password-based ones first', head, rows }),
    more(list),
  );
}

/** Changes since the previous sync. */
export function drift({ drift: list }: PostureProfile): Markup {
  const rows = list.items.map((one) => [one.kind.replaceAll('_', ' '), one.name, one.detail]);
  const head = ['Change', 'Subject', 'Detail'];
  return section(
    'drift',
    'Changes',
    table({ caption: 'Since the previous sync', head, rows }),
    more(list),
  );
}

/** Coverage over time, as a line and a table. */
export function timeline({ timeline: entries }: PostureProfile): Markup {
  const rows = entries
    .toReversed()
    .map((entry) => [
      timeText(entry.at),
      coveragePercent(entry.coverage),
      ...SEVERITY_ORDER.map((name) => count(entry.gaps[name])),
      entry.incomplete.join(', '),
    ]);
  const head = ['Sync', 'MFA coverage', ...SEVERITY_ORDER, 'Not complete'];
  return section(
    'timeline',
    'Timeline',
    coverageLine(entries),
    table({ caption: 'Newest first', head, rows, tight: [0] }),
  );
}

function coveragePercent({ enrolled, none }: TimelineEntry['coverage']): string {
  return enrolled + none === 0 ? 'n/a' : `${Math.floor((100 * enrolled) / (enrolled + none))}%`;
}

/** The completeness and age of each stream. */
export function streams({ streams: all }: PostureProfile): Markup {
  const rows = all.map((one) => [
    one.name,
    markup`<span class="pill ${one.state === 'complete' ? 'good' : 'warn'}">${one.state}</span>`,
    count(one.count),
    timeText(one.at),
    one.ageMs === null ? 'never read' : duration(one.ageMs / 1000),
    one.completeAt === null
      ? 'never'
      : `${timeText(one.completeAt)}, ${plural(one.completeCount ?? 0, 'item')}`,
    one.reason ?? '',
  ]);
  const head = ['Stream', 'State', 'Items', 'Read', 'Age', 'Last complete', 'Reason'];
  return section(
    'streams',
    'Streams',
    table({ caption: 'The data behind this page', head, rows, tight: [1, 4] }),
  );
}
