/** What the enrichment API accepts: checked by the routes, described in the OpenAPI document. */
import { z } from 'zod';

/** Most accounts of one batch. */
export const MAX_ACCOUNTS = 1_000;

/** Most characters of the account in the path. */
export const MAX_NAME = 320;

export const REFRESH_QUERY = z.strictObject({
  refresh: z
    .enum(['true', 'false'])
    .optional()
    .describe('Read Okta again, even if an answer is cached'),
});

// The size of a batch has an error of its own. An alert without an account has null there.
export const BATCH_BODY = z.strictObject({
  accounts: z.array(z.string().nullable()).meta({ minItems: 1, maxItems: MAX_ACCOUNTS }),
  refresh: z.boolean().optional(),
});
