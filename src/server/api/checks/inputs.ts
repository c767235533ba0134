/** What the API of checks accepts: checked by the routes, described in the OpenAPI document. */
import { z } from 'zod';
import { CLASSES_BY_STRENGTH } from '../../../mfa/strength.ts';
import { VERDICTS } from '../../../mfa/types.ts';
import { RUN_USER_ORDERS } from '../../../store/run-search-types.ts';
import { after, limit, someText, wordList, yesOrNo } from '../fields.ts';

const VERDICT_WORDS = [...VERDICTS, 'unchecked'] as const;

export const RUNS_QUERY = z.strictObject({
  status: z
    .enum(['running', 'complete', 'incomplete', 'failed', 'terminated'])
    .optional()
    .describe('Only runs with this status'),
  scope: someText('Only runs of this scope: `scopeKey` of a run'),
  kind: z
    .enum(['check', 'dry_run'])
    .optional()
    .describe('`check`: runs that write tickets; `dry_run`: runs that only report'),
  limit: limit(50),
  after,
});

export const REPORT_QUERY = z.strictObject({
  users: yesOrNo('`false`: without the users; default `true`'),
});

const ORDERS = RUN_USER_ORDERS.flatMap((name) => [name, `-${name}`] as const);

export const PEOPLE_QUERY = z.strictObject({
  verdict: wordList(VERDICT_WORDS, 'Only people with one of these verdicts'),
  class: z
    .enum(CLASSES_BY_STRENGTH)
    .optional()
    .describe('Only people with this strongest class of their ACTIVE factors'),
  admin: yesOrNo('Only administrators, or only others'),
  dept: someText('Only people of this department'),
  q: someText('Part of the login or address, or the id'),
  sort: z.enum(ORDERS).optional().describe('Order; with `-` descending. Default `login`'),
  limit: limit(50),
  after,
});

export const COMPARE_QUERY = z.strictObject({
  with: z.string().min(1).max(200).describe('The run to compare with: run id or workflow id'),
  limit: limit(50),
  after,
});

export const START_BODY = z.strictObject({
  dryRun: z.boolean().optional().describe('No tickets and no message'),
  mode: z.enum(['full', 'delta']).optional().describe('Overrides `scan.mode`'),
  groups: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(100)
    .optional()
    .describe('Only the members of these groups: exact names or ids'),
});
