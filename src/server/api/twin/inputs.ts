/** What the API of the twin accepts: checked by the routes, described in the OpenAPI document. */
import { z } from 'zod';
import { GAP_KINDS, SEVERITIES } from '../../../twin/types.ts';
import { after, limit, someText, time, wordList, yesOrNo } from '../fields.ts';

const page = { limit: limit(50), after };
const words = (description: string) =>
  z
    .string()
    .min(1)
    .max(500)
    .transform((value) => value.split(','))
    .optional()
    .describe(`${description}, separated by commas`);

export const GAPS_QUERY = z.strictObject({
  kind: wordList(GAP_KINDS, 'Only these kinds'),
  severity: wordList(SEVERITIES, 'Only these severities'),
  closed: yesOrNo('`true`: also closed gaps, newest first'),
  ...page,
});

export const EVENTS_QUERY = z.strictObject({
  severity: wordList(SEVERITIES, 'Only these severities'),
  rule: someText('Only events of this rule'),
  since: time('At this time or later'),
  until: time('Before this time'),
  ...page,
});

export const FACTS_QUERY = z.strictObject({
  history: someText('All versions of the fact with this key, newest first'),
  ...page,
});

export const APPS_QUERY = z.strictObject({
  status: words('Only these statuses, such as ACTIVE'),
  sign_on: words('Only these sign-on modes, such as SAML_2_0'),
  gone: yesOrNo('Only apps that no longer exist, or only others'),
  ...page,
});

export const PAGE_QUERY = z.strictObject(page);

export const SEARCH_QUERY = z.strictObject({
  q: z.string().min(1).max(200).describe('Part of a name, label, id or key, ignoring case'),
  limit: limit(50),
});

export const SYNC_BODY = z.strictObject({
  users: z.boolean().optional().describe('Default true'),
  apps: z.boolean().optional().describe('Default true'),
  logs: z.boolean().optional().describe('Default true'),
  hoursBack: z
    .number()
    .int()
    .min(1)
    .max(2_160)
    .optional()
    .describe('How far back to read the System Log; default 24, 168 for a first sync'),
});
