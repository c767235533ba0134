/** What the approvals API accepts: checked by the routes, described in the OpenAPI document. */
import { z } from 'zod';

const LIMIT = 'a whole number from 1 to 500';
const REASON = 'text of at most 2,000 characters';
const DECISION_ID = '1 to 100 letters, digits, _, ., : or -';

export const LIST_QUERY = z.strictObject({
  state: z
    .enum(['pending', 'all'], { error: 'pending or all' })
    .default('pending')
    .describe('`pending`: oldest first; `all`: newest first'),
  limit: z.coerce
    .number({ error: LIMIT })
    .int({ error: LIMIT })
    .min(1, { error: LIMIT })
    .max(500, { error: LIMIT })
    .default(100)
    .describe('Maximum number of items'),
});

export const DECISION_BODY = z.strictObject({
  verdict: z.enum(['approve', 'deny'], { error: 'approve or deny' }),
  reason: z.string({ error: REASON }).max(2_000, { error: REASON }).optional(),
  decisionId: z
    .string({ error: DECISION_ID })
    .regex(/^[\w.:-]{1,100}$/, { error: DECISION_ID })
    .optional(),
});
