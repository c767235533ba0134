import type { JsonObject } from '../audit/types.ts';
import { formatCoverage, nonCompliant } from './coverage.ts';
import type { Breakdown, RunSummary } from './document.ts';
import { scanSentence } from './scan-text.ts';
import { VERDICTS } from './types.ts';

/**
 * A message for Slack: `text` is the fallback, `blocks` what is shown. Names stand in plain text
 * elements only.
 */
export interface SlackSummary {
  text: string;
  blocks: JsonObject[];
}

const WORST = 5;

/**
 * The one message of a run: counts, coverage and its change, worst departments, link to the
 * tickets.
 */
export function slackSummary(summary: RunSummary): SlackSummary {
  const { counts } = summary;
  const title = `MFA check ${summary.status.toUpperCase()}: coverage ${formatCoverage(summary.coverage)}`;
  const tally = VERDICTS.map((verdict) => `${verdict} ${counts[verdict]}`).join(' · ');
  const text = `${title}. Enumerated ${counts.enumerated}: ${tally}.`;
  const blocks: (JsonObject | null)[] = [
    { type: 'header', text: plain(title, 150) },
    section(`*Enumerated ${counts.enumerated}*: ${tally}\n${changeLine(summary)}`),
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
    { type: 'context', elements: [plain(checkpointText(summary))] },
  ];
  return { text, blocks: blocks.filter((block) => block !== null) };
}

/**
 * The note as it is, so that a copy of the message checks the trail (`arx audit verify
 * --checkpoint`).
 */
function checkpointText({ audit }: RunSummary): string {
  return audit.checkpoint ?? 'No audit checkpoint could be signed: see the log of the worker.';
}

function changeLine({ coverage, previousCoverage, changes }: RunSummary): string {
  const moved = `${changes.new} new, ${changes.regressed} regressed, ${changes.resolved} resolved`;
  if (previousCoverage === null)
    return `No earlier complete run of this scope to compare with: ${moved}.`;
  return `Coverage ${formatCoverage(previousCoverage)} → ${formatCoverage(coverage)} since the last complete run: ${moved}.`;
}

function ticketLine({ tickets, counts }: RunSummary): string {
  const did = `${tickets.created} created, ${tickets.kept} kept, ${tickets.reopened} reopened, ${tickets.closed} closed`;
  const open = `${nonCompliant(counts)} people without MFA`;
  return tickets.url === null
    ? `Tickets: ${did}.`
    : `Tickets: ${did}. <${tickets.url}|Open tickets> for ${open}.`;
}

function worstDepartments(departments: readonly Breakdown[]): JsonObject | null {
  const worst = departments.filter(({ counts }) => nonCompliant(counts) > 0).slice(0, WORST);
  if (worst.length === 0) return null;
  const lines = worst.map(({ name, counts, coverage }) => {
    return `${name.slice(0, 60)}: ${formatCoverage(coverage)}, ${nonCompliant(counts)} not covered`;
  });
  return { type: 'section', text: plain(`Worst departments\n${lines.join('\n')}`) };
}

function section(text: string): JsonObject {
  return { type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2_900), verbatim: true } };
}

function plain(text: string, limit = 2_900): JsonObject {
  return { type: 'plain_text', text: text.slice(0, limit), emoji: false };
}
