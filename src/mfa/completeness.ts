import type { VerdictCounts } from './types.ts';

interface CompletenessInput {
  counts: VerdictCounts;
  /** Why listing ended early; null if it reached its end. */
  listingLost: string | null;
  /** Users of the last complete run of the same scope; null if there is none. */
  previousEnumerated: number | null;
  /** Share of enumerated users who may be unknown. */
  maxUnknown: number;
  /** Share by which the number of users may fall. */
  maxDrop: number;
}

/** All reasons why this scan is incomplete; empty means complete. */
export function incompleteReasons(input: CompletenessInput): string[] {
  const { counts, previousEnumerated } = input;
  const reasons: string[] = [];
  if (input.listingLost !== null)
    reasons.push(`the list of users ended early: ${input.listingLost}`);
  if (counts.enumerated === 0) {
    reasons.push(
      'no users were listed: the credential may lack an administrator role, or the scope may be empty',
    );
  }
  if (counts.enumerated > 0 && counts.unknown > input.maxUnknown * counts.enumerated) {
    const allowed = percent(input.maxUnknown);
    reasons.push(
      `${counts.unknown} of ${counts.enumerated} users are unknown, which is more than ${allowed}`,
    );
  }
  if (previousEnumerated !== null && counts.enumerated < previousEnumerated * (1 - input.maxDrop)) {
    const drop = `${previousEnumerated} to ${counts.enumerated}`;
    reasons.push(
      `the number of users fell from ${drop}, which is more than ${percent(input.maxDrop)}`,
    );
  }
  return reasons;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
