/** What the API of the schedule accepts: checked by the routes, described in the OpenAPI document. */
import { z } from 'zod';

export const SCHEDULE_BODY = z.strictObject({
  paused: z
    .boolean()
    .optional()
    .describe(
      '`true` pauses the schedule, `false` resumes it; a paused one stays paused if omitted',
    ),
  triggerNow: z.boolean().optional().describe('Also start one run of the schedule now'),
});
