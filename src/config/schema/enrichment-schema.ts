import { z } from 'zod';
import { checkComparison, comparison } from './comparison.ts';
import { parseDuration } from '../yaml/durations.ts';
import { list, positiveDuration, text, whole, word } from './fields.ts';

const PATH = /^[\p{L}_][\p{L}\p{N}_-]*(\.[\p{L}\p{N}_-]+){0,9}$/u;
const verdict = word(['Pending', 'Benign', 'Suspicious', 'Malicious']);

const rule = z
  .strictObject({
    field: text('a dot path such as status or recent_activity.failed_sign_ins', (value) =>
      PATH.test(value),
    ).describe('Dot path into the extracted fields, else into the data as it was read'),
    ...comparison,
    verdict: verdict.describe('Verdict if the rule matches'),
  })
  .superRefine(checkComparison);

const TTL = 'a duration such as 1h, or one per type: { account: 1h }';
const ttl = z.union(
  [
    positiveDuration,
    z.strictObject({ account: positiveDuration.describe('Duration for accounts') }),
  ],
  {
    error: TTL,
  },
);

/** The section `enrichment` of arx.yaml. */
export const enrichment = z
  .strictObject({
    cache_ttl: ttl
      .prefault('1h')
      .describe('How long results are cached: one duration, or one per type'),
    negative_ttl: positiveDuration
      .prefault('5m')
      .describe('How long the results "not found" and "ambiguous" are cached'),
    activity_window: positiveDuration
      .refine((value) => (parseDuration(value) ?? 0) <= 90 * 86_400_000, {
        error: 'a duration of 90 days at most',
      })
      .prefault('24h')
      .describe('How far back the System Log is read for recent activity'),
    requests_per_minute: whole(1, 1_000_000)
      .prefault(30_000)
      .describe(
        'Accounts per minute that one access key may request from the HTTP server; further requests get 429',
      ),
    malice_rules: z
      .strictObject({
        conditions: list(rule, 'a list of rules')
          .optional()
          .describe('Rules; the first one that matches decides'),
        rules: list(rule, 'a list of rules')
          .optional()
          .describe('Another name for conditions; use one of the two'),
        default_verdict: verdict.optional().describe('Verdict if no rule matches'),
        not_found_verdict: verdict.optional().describe('Verdict if the account does not exist'),
      })
      .prefault({})
      .describe('Rules for verdicts on accounts; without rules there are no verdicts'),
  })
  .prefault({})
  .describe('Account enrichment');
