import type { TextBlock } from '../connectors/types.ts';
import { checkpointBlocks, stampLine, stampMark } from './ticket-text.ts';
import type { TicketStamp } from './ticket-text.ts';
import type { VerdictCounts } from './types.ts';
import { nonCompliant } from './coverage.ts';

/** One person in the list of a bulk ticket. */
export interface BulkLine {
  login: string;
  verdict: string;
  reason: string;
}

/**
 * Characters that one field of a list may hold: well under Jira's 32,767, since ADF adds to each
 * line.
 */
const FIELD_BUDGET = 24_000;
const LINE_OVERHEAD = 140;

export function bulkSummary(counts: VerdictCounts): string {
  return `MFA: ${nonCompliant(counts)} of ${counts.enumerated} people are not covered`;
}

/**
 * Splits the list into parts that each fit one field: the first for the description, the others for
 * comments.
 */
export function bulkParts(lines: readonly BulkLine[]): string[][] {
  const parts: string[][] = [[]];
  let used = 0;
  for (const line of lines) {
    const text = `${line.login}: ${line.verdict.replaceAll('_', ' ')}, ${line.reason}`.slice(
      0,
      400,
    );
    if (used + text.length + LINE_OVERHEAD > FIELD_BUDGET) {
      parts.push([]);
      used = 0;
    }
    parts.at(-1)?.push(text);
    used += text.length + LINE_OVERHEAD;
  }
  return parts;
}

export function bulkDescription(
  first: readonly string[],
  parts: number,
  stamp: TicketStamp,
): TextBlock[] {
  const more = parts > 1 ? ` The list goes on in ${parts - 1} comments of this run.` : '';
  return [
    { type: 'paragraph', text: `People in scope who are not covered by an allowed factor.${more}` },
    { type: 'list', items: first.length > 0 ? first : ['nobody'] },
    { type: 'paragraph', text: stampLine(stamp) },
    ...checkpointBlocks(stamp),
  ];
}

export function bulkComment(
  lines: readonly string[],
  part: number,
  stamp: TicketStamp,
): TextBlock[] {
  return [
    { type: 'paragraph', text: `Part ${part} of the list, ${stampLine(stamp)}` },
    { type: 'list', items: lines },
  ];
}

/** The words by which a run knows its own part of the list again. */
export function partMark(part: number, run: string): string {
  return `Part ${part} of the list, ${stampMark(run)}`;
}
