/** What the API of policies accepts: checked by the routes, described in the OpenAPI document. */
import { z } from 'zod';
import { CONNECTORS } from '../../../governance/catalogue.ts';
import { CONDITION_FIELDS } from '../../../governance/conditions.ts';
import { ANONYMOUS } from '../../../governance/principal.ts';

export const MATRIX_QUERY = z.strictObject({
  connector: z.enum(CONNECTORS).optional().describe('Only the operations of this connector'),
});

const isField = (name: string): boolean => CONDITION_FIELDS.includes(name);

export const EXPLAIN_BODY = z.strictObject({
  operation: z
    .string()
    .min(1)
    .max(200)
    .describe('Such as `users:suspend` (of Okta), or with its connector: `jira:issues:create`'),
  as: z
    .string()
    .min(1)
    .max(300)
    .prefault(ANONYMOUS)
    .describe('The requester, such as `user:jane@example.com` or `agent:soc`'),
  args: z.record(z.string(), z.unknown()).optional().describe('The arguments of the operation'),
  facts: z
    .record(
      z.string().refine(isField),
      z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
    )
    .optional()
    .describe('What is known about the target, by field of conditions'),
});
