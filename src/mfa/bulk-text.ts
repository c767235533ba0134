/** Texts of the bulk ticket, which lists all users of a run who are not covered. */

import type { TextBlock, VerdictCounts } from './types.ts';
import { checkpointBlocks, stampLine, stampMark } from './ticket-text.ts';
import type { TicketStamp } from './ticket-text.ts';
import { nonCompliant } from './coverage.ts';
import { cutText } from './cut-text.ts';

/** One user in the list of a bulk ticket. */
export interface BulkLine {
  login: string;
  verdict: string;
  reason: string;
}

/**
 * Maximum number of characters in one field of a list. It is far below Jira's limit of 32,767,
 * because ADF adds characters to each line.
 */
const FIELD_BUDGET = 24_000;
const LINE_OVERHEAD = 140;
/** Characters that are longer in a document or in wiki markup, and how much longer at most. */
const ESCAPED = /[^\p{L}\p{Nd} .,:@_-]/gu;
const ESCAPE_OVERHEAD = 5;

export function bulkSummary(counts: VerdictCounts): string {
  return `MFA: ${nonCompliant(counts)} of ${counts.enumerated} users are not covered`;
}

/**
 * Splits the list into parts that each fit into one field: the first part for the description, the
 * others for comments.
 */
export function bulkParts(lines: readonly BulkLine[]): string[][] {
  const parts: string[][] = [[]];
  let used = 0;
  for (const line of lines) {
    const { login, verdict, reason } = line;
    const text = cutText(`${login}: ${verdict.replaceAll('_', ' ')}, ${reason}`, 400);
    const size = sizeOf(text);
    if (used + size > FIELD_BUDGET) {
      parts.push([]);
      used = 0;
    }
    parts.at(-1)?.push(text);
    used += size;
  }
  return parts;
}

/** The most characters that a line takes in a field. */
const sizeOf = (text: string): number =>
  text.length + LINE_OVERHEAD + ESCAPE_OVERHEAD * (text.match(ESCAPED)?.length ?? 0);

export function bulkDescription(
  first: readonly string[],
  parts: number,
  stamp: TicketStamp,
): TextBlock[] {
  const more =
    parts > 1
      ? ` The list continues in ${parts - 1} ${parts === 2 ? 'comment' : 'comments'} of this run.`
      : '';
  return [
    { type: 'paragraph', text: `Users in scope who are not covered by an allowed factor.${more}` },
    { type: 'list', items: first.length > 0 ? first : ['no users'] },
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

/** The text by which a run recognises its own part of the list. */
export function partMark(part: number, run: string): string {
  return `Part ${part} of the list, ${stampMark(run)}`;
}
