/** What the API of the audit trail accepts: checked by the routes, described in the OpenAPI document. */
import { z } from 'zod';
import { limit, someText, time } from '../fields.ts';

const KIND = /^[a-z_]{1,40}\.[a-z_]{1,40}(,[a-z_]{1,40}\.[a-z_]{1,40}){0,49}$/;

export const AUDIT_QUERY = z.strictObject({
  kind: z
    .string()
    .regex(KIND)
    .transform((value) => value.split(','))
    .optional()
    .describe('Only these kinds, separated by commas, such as `user.checked`'),
  actor: someText('Only entries of this principal, such as `user:00u…` or `agent:soc`'),
  target: someText('Only entries about this id: subject of the entry or target of its call'),
  operation: someText('Only entries about this operation, such as `okta:users:suspend`'),
  outcome: someText('Only entries with this code of their outcome'),
  run: someText('Only entries of this run: run id, workflow id or `latest`'),
  since: time('At this time or later'),
  until: time('Before this time'),
  limit: limit(50),
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional()
    .describe('The page after this entry: `next` of the previous page'),
});

export const EXPORT_QUERY = z.strictObject({
  format: z.enum(['jsonl', 'ocsf', 'csv']).prefault('jsonl').describe('Format of the export'),
  run: someText('Only entries of this run; such an export cannot be verified alone'),
});
