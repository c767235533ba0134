/** Tables for the terminal: a run, its users, and the list of runs. */

import { slackRemedy } from '../../mfa/refusal-words.ts';
import { formatCoverage } from '../../mfa/coverage.ts';
import { scanSentence } from '../../mfa/scan-text.ts';
import type { Breakdown, RunDocument, RunSummary, RunUserRow } from '../../mfa/document.ts';
import { grid } from './grid.ts';
import type { Column } from './grid.ts';
import type { Colors } from './io.ts';
import { count, duration, plain, plural, timeText } from './text.ts';
import { shortIds } from './ids.ts';
import { attentionTable, toneOfLabel, userTable } from './run-users.ts';
import { whenText } from './when.ts';
import { paragraph } from './width.ts';
import { VERDICT_ORDER, VERDICT_WORDS, removalText } from './words.ts';

const STATUS: Record<RunSummary['status'], (colors: Colors) => string> = {
  complete: (colors) => colors.green('complete'),
  incomplete: (colors) => colors.bold(colors.yellow('INCOMPLETE')),
  failed: (colors) => colors.bold(colors.red('FAILED')),
  running: (colors) => colors.cyan('running'),
  terminated: (colors) => colors.bold(colors.red('TERMINATED')),
};

const statusTone = (
  cell: string,
  { green, yellow, red, cyan }: Colors,
): ((text: string) => string) => {
  if (cell.startsWith('complete')) return green;
  if (cell.startsWith('running')) return cyan;
  return cell.startsWith('incomplete') ? yellow : red;
};

/**
 * The result of a run for the terminal, with every user, those who need attention, or none; the
 * document must have the users.
 */
export function reportTable(
  document: RunDocument,
  colors: Colors,
  options: { users: 'all' | 'attention' | 'none' },
): string {
  return [
    header(document, colors),
    verdictTable(document, colors),
    document.administrators ? `Administrators: ${breakdownText(document.administrators)}` : null,
    departmentTable(document.departments, colors),
    facts(document),
    failureList(document, colors),
    document.removedAt ? colors.yellow(removalText(document.removedAt)) : null,
    document.removedAt ? null : USERS[options.users](document.users, colors),
    warningText(document, colors),
  ]
    .filter((part) => part !== null)
    .join('\n');
}

const WARNINGS: Partial<Record<RunSummary['status'], string>> = {
  incomplete: 'INCOMPLETE: do not rely on these figures; no ticket was closed.',
  terminated: 'TERMINATED: do not rely on these figures; no ticket was closed.',
  running: 'Still running: these figures will change. `arx runs watch` follows it.',
};

function warningText({ status }: RunSummary, colors: Colors): string | null {
  const warning = WARNINGS[status];
  return warning === undefined ? null : colors.yellow(paragraph(warning, colors));
}

const USERS: Record<
  'all' | 'attention' | 'none',
  (users: readonly RunUserRow[], colors: Colors) => string | null
> = { all: userTable, attention: attentionTable, none: () => null };

function header(document: RunSummary, colors: Colors): string {
  const lines = [
    `${colors.bold('MFA enforcement check')} ${plain(document.org)}: ${STATUS[document.status](colors)}${document.dryRun ? ' (dry run)' : ''}`,
    `run ${document.run}, ${timeText(document.startedAt)}, took ${duration(document.seconds)}`,
    ...document.reasons.map((reason) => colors.yellow(`! ${plain(reason)}`)),
    ...(document.scan ? [plain(scanSentence(document.scan))] : []),
    `coverage ${colors.bold(formatCoverage(document.coverage))}${document.previousCoverage ? `, before ${formatCoverage(document.previousCoverage)}` : ''}`,
  ];
  return lines.join('\n');
}

const VERDICT_COLUMNS: readonly Column[] = [
  { name: 'verdict', long: 'keep', tone: toneOfLabel },
  { name: 'users', long: 'keep' },
  { name: 'meaning' },
];

function verdictTable({ counts }: RunSummary, colors: Colors): string {
  const rows = VERDICT_ORDER.map((verdict) => [
    VERDICT_WORDS[verdict].label,
    counts[verdict],
    VERDICT_WORDS[verdict].meaning,
  ]);
  return grid(VERDICT_COLUMNS, [...rows, ['All', counts.enumerated, 'enumerated']], colors);
}

const breakdownText = ({ counts, coverage }: Breakdown): string =>
  `${plural(counts.enumerated, 'user')}, coverage ${formatCoverage(coverage)}, ${count(counts.none)} without a factor, ${count(counts.weak_only)} weak only`;

const MOST_DEPARTMENTS = 8;
function departmentTable(departments: readonly Breakdown[], colors: Colors): string | null {
  if (departments.length === 0) return null;
  const shown = departments.slice(0, MOST_DEPARTMENTS);
  const rest = departments.length - shown.length;
  const rows = shown.map(({ name, counts, coverage }) => [
    name,
    counts.enumerated,
    formatCoverage(coverage),
  ]);
  const table = grid(['department', 'users', 'coverage'], rows, colors);
  return rest > 0 ? `${table}\n… and ${plural(rest, 'more department')}` : table;
}

function facts(document: RunSummary): string {
  const { tickets, changes, calls, audit } = document;
  return [
    document.dryRun
      ? `tickets   ${count(tickets.wouldCreate)} would be opened, ${count(tickets.wouldKeep)} kept, ${count(tickets.wouldClose)} closed`
      : `tickets   ${count(tickets.created)} created, ${count(tickets.kept)} kept, ${count(tickets.reopened)} reopened, ${count(tickets.closed)} closed${tickets.departed > 0 ? `, ${count(tickets.departed)} of users who left` : ''}${tickets.failedCount > 0 ? `, ${count(tickets.failedCount)} FAILED` : ''}${tickets.url ? `\n          ${plain(tickets.url)}` : ''}`,
    `changes   ${count(changes.new)} new, ${count(changes.resolved)} resolved, ${count(changes.regressed)} regressed`,
    `slack     ${slackText(document)}`,
    `calls     okta ${count(calls.okta)}, jira ${count(calls.jira)}, slack ${count(calls.slack)}, throttled ${count(calls.throttled)}`,
    `audit     ${plural(audit.entries, 'entry', 'entries')}, head ${audit.head.slice(0, 16)}…`,
  ].join('\n');
}

function slackText({ slack, slackFailed }: RunSummary): string {
  if (slack) return plain(`${slack.channel} ${slack.ts}`);
  if (!slackFailed) return 'nothing posted';
  const { channel, code, message } = slackFailed;
  return plain(`NOT posted to ${channel}: ${message ?? code}. ${slackRemedy(message ?? code)}`);
}

const MOST_FAILED = 10;

/** The tickets that could not be written, and what Jira said. */
function failureList({ tickets, users }: RunDocument, colors: Colors): string | null {
  const logins = new Map(users.map(({ id, login }) => [id, login]));
  const { failed, failedCount } = tickets;
  if (failed.length === 0) return null;
  const lines = failed.slice(0, MOST_FAILED).map(({ key, user, code, message }) => {
    const who = user === null ? 'the list' : (logins.get(user) ?? user);
    return `  ${plain(who)}${key === null ? '' : ` (${plain(key)})`}: ${plain(message ?? code)}`;
  });
  const rest = failedCount - lines.length;
  const title = `${plural(failedCount, 'ticket')} could not be written. Check the issue type, its screens and the permissions with \`arx doctor\`.`;
  return [
    colors.yellow(title),
    ...lines,
    ...(rest > 0 ? [`  … and ${count(rest)} more: --json lists them`] : []),
  ].join('\n');
}

const RUN_COLUMNS: readonly Column[] = [
  { name: 'run', long: 'keep' },
  { name: 'status', least: 12, tone: (cell, colors) => statusTone(cell, colors) },
  { name: 'started', long: 'keep' },
  { name: 'users', long: 'keep' },
  { name: 'coverage', long: 'keep' },
  { name: 'tickets', long: 'keep', drop: 1 },
];

/** The list of runs, newest first. `now` is the time that starts are relative to. */
export function runsTable(runs: readonly RunSummary[], colors: Colors, now = Date.now()): string {
  const shorten = shortIds(
    runs.map(({ run }) => run),
    colors,
  );
  const rows = runs.map((run) => [
    shorten(run.run),
    `${run.status}${run.dryRun ? ' (dry run)' : ''}`,
    whenText(run.startedAt, colors, now),
    run.counts.enumerated,
    formatCoverage(run.coverage),
    run.tickets.keys.length,
  ]);
  return grid(RUN_COLUMNS, rows, colors);
}
