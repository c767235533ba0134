/** What the approvals API accepts: checked by the routes, described in the OpenAPI document. */
import { z } from 'zod';

export const LIST_QUERY = z.strictObject({
  state: z
    .enum(['pending', 'all'])
    .default('pending')
    .describe('`pending`: oldest first; `all`: newest first'),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('Maximum number of items'),
});

export const DECISION_BODY = z.strictObject({
  verdict: z.enum(['approve', 'deny']),
  reason: z.string().max(2_000).optional(),
  decisionId: z
    .string()
    .regex(/^[\w.:-]{1,100}$/)
    .optional(),
});
