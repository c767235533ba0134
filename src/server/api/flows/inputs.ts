/** What the API of delegated flows accepts: checked by the routes, described in the OpenAPI document. */
import { z } from 'zod';

const parameter = (description: string) => z.string().optional().describe(description);
const time = (description: string) =>
  z.string().optional().meta({ description, format: 'date-time' });

// Strict, because a misspelt dry_run must not run the flow.
export const EVENT_QUERY = z.strictObject({
  dry_run: z
    .enum(['true', 'false'])
    .optional()
    .describe('Only plan; does not consume the event id'),
  flow: z
    .string()
    .max(300)
    .optional()
    .describe('This flow instead of the one in the routing table'),
});

export const RUN_BODY = z.strictObject({
  event: z.unknown(),
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  dryRun: z.boolean().optional(),
});

export const SWITCH_BODY = z.strictObject({ enabled: z.boolean() });

export const HISTORY_QUERY = z.strictObject({
  user: parameter('The requester: a login, user:LOGIN or key:NAME'),
  flow: parameter('Name of a flow'),
  outcome: parameter('Outcome of the run'),
  since: time('Started at this time or later'),
  until: time('Started before this time'),
  limit: z
    .string()
    .optional()
    .meta({
      description: 'Maximum number of runs: 1 to 500, default 50',
      pattern: String.raw`^\d{1,3}$`,
    }),
  after: parameter('The page after this run: `next` of the previous page'),
});

export const UNDO_BODY: z.ZodType<{ reason?: string | undefined }> = z.strictObject({
  reason: z.string().max(500).optional(),
});

// The flow service validates the content of the lists.
export const SET_BODY = z.strictObject({
  flows: z.array(z.string()),
  members: z.array(z.string()),
  permissions: z.array(z.string()),
});
