import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { z } from 'zod';
import { ENRICH_PRINCIPAL } from '../../../services/enrichment/enricher.ts';
import type { EnrichRequest } from '../../../services/enrichment/types.ts';
import type { EnrichedAccount } from '../../../enrichment/types.ts';
import type { AccessKey } from '../../../store/governance-types.ts';
import { bodySizeLimit } from '../../bounded.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import { KeyRing } from '../key-ring.ts';
import { KeyLimits } from '../key-limits.ts';
import { queryOf } from '../flows/requests.ts';
import { MOST_ACCOUNTS } from './openapi.ts';

type Env = { Variables: { key: AccessKey } };

/** A thousand names of the longest kind, each character escaped. */
const MOST_BYTES = 2 * 1024 * 1024;
const BOUNDED = bodySizeLimit(MOST_BYTES, {
  remedy: `Send at most ${MOST_ACCOUNTS} accounts, ${MOST_BYTES} bytes.`,
});
const BATCH = z.strictObject({ accounts: z.array(z.string()), refresh: z.boolean().optional() });
/** What may stand behind the `?`. */
const ASKED = z.strictObject({ refresh: z.enum(['true', 'false']).optional() });
const NOTHING = z.strictObject({});

/** `/v1/enrich`: who accounts are, for whoever has an access key. */
export function enrichRoutes(parts: ServerParts): Hono<Env> {
  const app = new Hono<Env>();
  const keys = new KeyRing(parts);
  const limits = new KeyLimits(parts.enrichmentsPerMinute, parts.now);
  app.use(async (context, next) => {
    context.set('key', await keys.owner(context.req.raw.headers));
    await next();
  });
  // Account names may hold slashes, sent as they are or encoded.
  app.get('/account/:value{.+}', async (context) => {
    const refresh = wordsOf(context, ASKED).refresh === 'true';
    allow(limits, context, 1);
    const [account] = await enrich(parts, context, {
      accounts: [context.req.param('value')],
      refresh,
    });
    return context.json(account);
  });
  app.post('/', BOUNDED, async (context) => {
    wordsOf(context, NOTHING);
    const { accounts, refresh = false } = await batchOf(context);
    allow(limits, context, accounts.length);
    const results = await enrich(parts, context, { accounts, refresh });
    return context.json({ schema: 'arx.enrichment/v1', results });
  });
  return app;
}

async function enrich(
  { enricher }: ServerParts,
  context: Context<Env>,
  { accounts, refresh }: { accounts: string[]; refresh: boolean },
): Promise<EnrichedAccount[]> {
  const run = randomUUID();
  const who = { principal: ENRICH_PRINCIPAL, authenticatedBy: 'key', surface: 'api' } as const;
  // Whose key it was stands in the trail as part of the id.
  const caller = { ...who, workflowId: `enrich/${context.get('key').name}`, run };
  return asProblem(enricher.enrich(accounts, { caller, refresh } satisfies EnrichRequest));
}

/** What enrichment refuses, as this API says it. */
async function asProblem<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (thrown) {
    const { name, message, remedy = '' } = thrown as Error & { remedy?: string };
    if (name === 'InvalidAccountError')
      throw new Problem(400, 'invalid_argument', { message, remedy });
    if (name !== 'PolicyDeniedError') throw thrown;
    throw new Problem(403, 'policy_denied', {
      message: `The policies do not let ${ENRICH_PRINCIPAL} read accounts.`,
      remedy:
        'See policies/enrichment.yaml, and `arx policy explain users:read --as workflow:enrich-account`.',
    });
  }
}

function allow(limits: KeyLimits, context: Context<Env>, accounts: number): void {
  const wait = limits.take(context.get('key'), accounts);
  if (wait === null) return;
  throw new Problem(429, 'rate_limited', {
    message: 'This access key has asked for more accounts than it may in a minute.',
    remedy: `Come back in ${wait} s. arx.yaml sets the limit: enrichment.requests_per_minute.`,
    retryAfter: wait,
  });
}

/**
 * The words behind the `?`. Throws Problem 400 that names the one that is unknown, said twice or
 * not of its form.
 */
function wordsOf<Schema extends z.ZodType>(context: Context, schema: Schema): z.output<Schema> {
  try {
    return queryOf(context, schema);
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    const path = thrown.about.where?.path ?? '';
    throw new Problem(400, 'invalid_argument', {
      message: `The words behind the ? of the address have not their form: ${path}.`,
      remedy:
        'GET /v1/enrich/account/VALUE takes refresh=true or refresh=false, once; POST /v1/enrich takes none.',
      path,
    });
  }
}

async function batchOf({ req }: Context): Promise<z.output<typeof BATCH>> {
  const isJson = /^application\/json(\s*;|$)/i.test(req.header('content-type') ?? '');
  const body: unknown = isJson ? await req.json<unknown>().catch(() => null) : null;
  const parsed = BATCH.safeParse(body);
  if (parsed.success) return checkBatchSize(parsed.data);
  throw new Problem(400, 'invalid_argument', {
    message: 'The body is not a JSON object with accounts: a list of names.',
    remedy: `Send {"accounts": ["jdoe@example.com"]} as application/json, ${MOST_ACCOUNTS} accounts at most.`,
  });
}

function checkBatchSize(batch: z.output<typeof BATCH>): z.output<typeof BATCH> {
  const { length } = batch.accounts;
  if (length >= 1 && length <= MOST_ACCOUNTS) return batch;
  throw new Problem(400, 'invalid_argument', {
    message: `A batch has 1 to ${MOST_ACCOUNTS} accounts; this one has ${length}.`,
    remedy:
      length === 0
        ? 'Name at least one account.'
        : `Send several batches of at most ${MOST_ACCOUNTS} accounts.`,
    path: 'accounts',
  });
}
