import type { JsonObject } from '../audit/types.ts';
import { formatCoverage, nonCompliant } from './coverage.ts';
import { cutText } from './cut-text.ts';
import type { Breakdown, RunSummary } from './document.ts';
import { scanSentence } from './scan-text.ts';
import { VERDICTS } from './types.ts';
import type { Verdict } from './types.ts';

/**
 * A Slack message: `blocks` is shown, `text` is the fallback. User names appear only in
 * `plain_text` elements, where Slack does not interpret markup.
 */
interface SlackSummary {
  text: string;
  blocks: JsonObject[];
}

const MAX_DEPARTMENTS = 5;

/** Each verdict as words after a number of users. */
export const VERDICT_PHRASES: Record<Verdict, string> = {
  compliant: 'covered',
  weak_only: 'with weak factors only',
  none: 'without any factor',
  pending_only: 'with an unfinished enrolment',
  exempt: 'exempt',
  in_grace: 'within the grace period',
  unknown: 'unknown',
  vanished: 'gone during the check',
};

/**
 * The one message of a run: counts, coverage and its change, the departments with the lowest
 * coverage, and a link to the tickets.
 */
export function slackSummary(summary: RunSummary): SlackSummary {
  const { counts } = summary;
  const title = `MFA check ${summary.status.toUpperCase()}: coverage ${formatCoverage(summary.coverage)}`;
  const tally = VERDICTS.filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${VERDICT_PHRASES[verdict]}`)
    .join(' · ');
  const text = `${title}. ${counts.enumerated} users: ${tally}.`;
  const blocks: (JsonObject | null)[] = [
    { type: 'header', text: plain(title, 150) },
    section(`*${counts.enumerated} users*: ${tally}\n${changeLine(summary)}`),
    summary.reasons.length > 0
      ? { type: 'section', text: plain(summary.reasons.join('; ')) }
      : null,
    summary.scan ? { type: 'section', text: plain(scanSentence(summary.scan)) } : null,
    section(ticketLine(summary)),
    worstDepartments(summary.departments),
    {
      type: 'context',
      elements: [plain(`run ${summary.run} · ${summary.org} · started ${summary.startedAt}`)],
    },
    summary.audit.checkpoint === undefined
      ? { type: 'context', elements: [plain(UNSIGNED)] }
      : null,
  ];
  return { text, blocks: blocks.filter((block) => block !== null) };
}

const UNSIGNED = 'The audit checkpoint could not be signed; see the worker log.';

/**
 * The reply to the message of a run: the signed note, unchanged, so that a copy of it can verify the
 * trail (`arx audit verify --checkpoint`).
 */
export const checkpointReply = (note: string): SlackSummary => ({
  text: 'Checkpoint of the audit trail',
  blocks: [{ type: 'section', text: plain(note) }],
});

function changeLine({ coverage, previousCoverage, changes }: RunSummary): string {
  const moved = `${changes.new} new, ${changes.regressed} regressed, ${changes.resolved} resolved`;
  if (previousCoverage === null)
    return `There is no earlier complete run of this scope to compare with: ${moved}.`;
  return `Coverage ${formatCoverage(previousCoverage)} → ${formatCoverage(coverage)} since the last complete run: ${moved}.`;
}

function ticketLine({ tickets, counts }: RunSummary): string {
  const more = [
    tickets.departed > 0 ? `, ${tickets.departed} closed because the user left` : '',
    tickets.failedCount > 0 ? `, ${tickets.failedCount} could not be written` : '',
  ].join('');
  const written = `${tickets.created} created, ${tickets.kept} kept, ${tickets.reopened} reopened, ${tickets.closed} closed${more}`;
  const users = `${nonCompliant(counts)} users without an accepted factor`;
  return tickets.url === null
    ? `Tickets: ${written}.`
    : `Tickets: ${written}. <${tickets.url}|Open tickets> for ${users}.`;
}

function worstDepartments(departments: readonly Breakdown[]): JsonObject | null {
  const worst = departments
    .filter(({ counts }) => nonCompliant(counts) > 0)
    .slice(0, MAX_DEPARTMENTS);
  if (worst.length === 0) return null;
  const lines = worst.map(({ name, counts, coverage }) => {
    return `${cutText(name, 60)}: ${formatCoverage(coverage)}, ${nonCompliant(counts)} without an accepted factor`;
  });
  return {
    type: 'section',
    text: plain(`Departments with the lowest coverage\n${lines.join('\n')}`),
  };
}

function section(text: string): JsonObject {
  return { type: 'section', text: { type: 'mrkdwn', text: cutText(text, 2_900), verbatim: true } };
}

function plain(text: string, limit = 2_900): JsonObject {
  return { type: 'plain_text', text: cutText(text, limit), emoji: false };
}
