import { codeSpan, table, time } from './markdown.ts';
import { coverageText } from './mfa.ts';
import type { Excerpt, PostureProfile, ProfileStream } from './profile.ts';
import { SEVERITIES } from './types.ts';

/** The posture profile in Markdown. Everything that comes from Okta is encoded. */
export function profileMarkdown(profile: PostureProfile): string {
  const parts = [
    `# Identity posture of ${codeSpan(profile.org)}`,
    `As of ${time(profile.at)}, sync ${codeSpan(profile.run)}.`,
    notice(profile),
    figures(profile),
    `## Streams\n\n${streams(profile)}`,
    `## MFA\n\n${factors(profile)}`,
    `## Gaps\n\n${gaps(profile)}`,
    `## Privileged users\n\n${privilegeTable(profile)}`,
    `## SSO inventory\n\n${inventory(profile)}`,
    `## Changes since the previous sync\n\n${drift(profile)}`,
    `## Timeline\n\n${timeline(profile)}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function notice({ streams: all }: PostureProfile): string {
  const open = all.filter(({ state }) => state !== 'complete').map((stream) => stream.name);
  if (open.length === 0) return '';
  return `**Not complete: ${open.join(', ')}.** Values that depend on these streams are the last known ones, or are missing.`;
}

function figures(profile: PostureProfile): string {
  const { coverage, apps } = profile;
  const judged = `${coverage.enrolled} of ${coverage.enrolled + coverage.none} ACTIVE users whose state is known`;
  const rows: [string, string][] = [
    ['Users', `${profile.users}, of which ${profile.active} are ACTIVE`],
    ['MFA coverage', `${profile.coverageText} (${judged}; ${coverage.unknown} unknown)`],
    [
      'Privileged users',
      `${profile.privilegedUsers}, of which ${profile.superAdmins} are super administrators${privilegeNote(profile)}`,
    ],
    ['Stale accounts', `${profile.staleAccounts}`],
    [
      'SSO apps',
      `${profile.ssoApps}: ${apps.federated} federated, ${apps.password} password-based, ${apps.other} other`,
    ],
    ['Bookmarks', `${apps.bookmark}`],
    ['Gaps', SEVERITIES.map((severity) => `${profile.gapCounts[severity]} ${severity}`).join(', ')],
  ];
  return table(['figure', 'value'], rows);
}

const privilegeNote = ({ privilegesLeaveOut }: PostureProfile): string =>
  privilegesLeaveOut === null ? '' : ` (at least: ${privilegesLeaveOut})`;

const streams = (profile: PostureProfile): string =>
  table(
    ['stream', 'state', 'items', 'read', 'age', 'last complete', 'reason'],
    profile.streams.map((stream) => [
      stream.name,
      stream.state,
      `${stream.count}`,
      stream.at === null ? 'never' : time(stream.at),
      ageText(stream.ageMs),
      completeText(stream),
      stream.reason === null ? '–' : codeSpan(stream.reason),
    ]),
  );

const completeText = ({ completeAt, completeAgeMs, completeCount }: ProfileStream): string =>
  completeAt === null
    ? 'never'
    : `${time(completeAt)} (${ageText(completeAgeMs)}), ${completeCount} items`;

const MINUTE_MS = 60_000;
const UNITS: readonly (readonly [number, string])[] = [
  [24 * 60 * MINUTE_MS, 'd'],
  [60 * MINUTE_MS, 'h'],
  [MINUTE_MS, 'min'],
];

/**
 * Age in its largest whole unit: `3 d`, `5 h`, `12 min`, `under a minute`; a dash if there is none.
 */
export function ageText(age: number | null): string {
  if (age === null) return '–';
  const [size, unit] = UNITS.find(([length]) => age >= length) ?? [];
  return size === undefined ? 'under a minute' : `${Math.floor(age / size)} ${unit}`;
}

function factors({ byClass, byFactor }: PostureProfile): string {
  const classes = Object.entries(byClass).map(([key, count]) => [
    key.replaceAll('_', ' '),
    `${count}`,
  ]);
  const types = Object.entries(byFactor).filter(([, count]) => count > 0);
  return [
    table(['strongest class', 'ACTIVE users'], classes),
    table(
      ['factor', 'ACTIVE users'],
      types.map(([key, count]) => [codeSpan(key), `${count}`]),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function gaps(profile: PostureProfile): string {
  const sections = SEVERITIES.flatMap((severity) => {
    const found = profile.gaps.items.filter((gap) => gap.severity === severity);
    if (found.length === 0) return [];
    const rows = found.map((gap) => [
      gap.title,
      codeSpan(gap.name),
      codeSpan(gap.detail),
      time(gap.since),
    ]);
    const head = `### ${severity[0]?.toUpperCase()}${severity.slice(1)}: ${profile.gapCounts[severity]}`;
    return [`${head}\n\n${table(['gap', 'subject', 'detail', 'since'], rows)}`];
  });
  return [...(sections.length === 0 ? ['None.'] : sections), ...more(profile.gaps)].join('\n\n');
}

const privilegeTable = ({ privileged: list }: PostureProfile): string =>
  excerptTable(
    ['login', 'status', 'MFA', 'why'],
    list.items.map((user) => [
      codeSpan(user.login),
      codeSpan(user.status),
      user.mfa,
      codeSpan(user.why.join(', ')),
    ]),
    list,
  );

const inventory = ({ inventory: list }: PostureProfile): string =>
  excerptTable(
    ['app', 'sign-on', 'kind', 'users', 'groups'],
    list.items.map((app) => [
      codeSpan(app.label),
      codeSpan(app.signOnMode),
      app.kind,
      amount(app.users),
      amount(app.groups),
    ]),
    list,
  );

const amount = (value: number | null): string => (value === null ? 'unknown' : `${value}`);

const drift = ({ drift: list }: PostureProfile): string =>
  excerptTable(
    ['change', 'subject', 'detail'],
    list.items.map((one) => [
      one.kind.replaceAll('_', ' '),
      codeSpan(one.name),
      codeSpan(one.detail),
    ]),
    list,
  );

function timeline({ timeline: entries }: PostureProfile): string {
  const rows = entries.map((entry) => [
    time(entry.at),
    coverageText(entry.coverage),
    `${entry.privileged}`,
    `${entry.ssoApps}`,
    ...SEVERITIES.map((severity) => `${entry.gaps[severity]}`),
    entry.incomplete.join(', ') || '–',
  ]);
  const head = ['sync', 'MFA coverage', 'privileged', 'SSO apps', ...SEVERITIES, 'not complete'];
  return table(head, rows) || 'None yet.';
}

const excerptTable = (
  head: readonly string[],
  rows: readonly string[][],
  list: Excerpt<unknown>,
): string => [table(head, rows) || 'None.', ...more(list)].join('\n\n');

const more = ({ more: left }: Excerpt<unknown>): string[] =>
  left > 0 ? [`… and ${left} more.`] : [];
