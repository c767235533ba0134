const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The text with at most `limit` UTF-16 units, as Jira and Slack count them. It is cut between
 * graphemes, because half of an emoji is no valid text: the audit trail and the vendors refuse it.
 * A text that was cut ends with `…`. Halves of surrogate pairs in the text become U+FFFD.
 */
export function cutText(text: string, limit: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= limit) return whole;
  let end = 0;
  for (const { index, segment } of GRAPHEMES.segment(whole.slice(0, limit + 1_000))) {
    if (index + segment.length > limit - 1) break;
    end = index + segment.length;
  }
  return `${whole.slice(0, end)}…`;
}
