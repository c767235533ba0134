import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { z } from 'zod';
import { ENRICH_PRINCIPAL } from '../../../services/enrichment/enricher.ts';
import type { EnrichRequest } from '../../../services/enrichment/types.ts';
import type { AccountError, EnrichedAccount } from '../../../enrichment/types.ts';
import { bodySizeLimit } from '../../body-limit.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import { KeyLimits } from '../key-limits.ts';
import { checkLimit } from '../key-access.ts';
import type { KeyAccess, KeyEnv as Env } from '../key-access.ts';
import { NO_PARAMETERS, readQuery } from '../requests.ts';
import { BATCH_BODY, MAX_ACCOUNTS, MAX_NAME, REFRESH_QUERY } from './inputs.ts';

/** Enough for a thousand names of the greatest length with every character escaped. */
const MAX_BYTES = 2 * 1024 * 1024;
const limitBody = bodySizeLimit(MAX_BYTES, {
  remedy: `Send at most ${MAX_ACCOUNTS} accounts, ${MAX_BYTES} bytes.`,
});
const LIMIT = {
  what: 'requested more accounts',
  setting: 'enrichment.requests_per_minute',
};

/** `/v1/enrich`: account enrichment, for holders of an access key. */
export function enrichRoutes(parts: ServerParts, access: KeyAccess): Hono<Env> {
  const app = new Hono<Env>();
  const limits = new KeyLimits(parts.enrichmentsPerMinute, parts.now);
  app.use(async (context, next) => {
    const key = await access.authenticate(context);
    access.checkScope(context, key);
    context.set('key', key);
    await next();
  });
  // Account names may hold slashes, sent as they are or encoded.
  app.get('/account/:value{.+}', async (context) => {
    const refresh = readParameters(context, REFRESH_QUERY).refresh === 'true';
    checkLimit(limits, context.get('key'), { count: 1, ...LIMIT });
    const [account] = await enrich(parts, context, {
      accounts: [readName(context.req.param('value'))],
      refresh,
    });
    checkName(account?.okta.error ?? null);
    return context.json(account);
  });
  app.post('/', limitBody, async (context) => {
    readParameters(context, NO_PARAMETERS);
    const { accounts, refresh = false } = await readBatch(context);
    checkLimit(limits, context.get('key'), { count: accounts.length, ...LIMIT });
    const names = accounts.map((account) => account ?? '');
    const results = await enrich(parts, context, { accounts: names, refresh });
    return context.json({ schema: 'arx.enrichment/v1', results });
  });
  return app;
}

function readName(value: string): string {
  if (value.length <= MAX_NAME) return value;
  const message = `The account has more than ${MAX_NAME} characters.`;
  throw new Problem(400, 'invalid_argument', { message, remedy: 'Shorten it.' });
}

/** Throws Problem 400 if the one requested account cannot be the name of an account. */
function checkName(error: AccountError | null): void {
  if (error?.code !== 'invalid_argument') return;
  const { code, message, remedy } = error;
  throw new Problem(400, code, { message, remedy });
}

async function enrich(
  { enricher }: ServerParts,
  context: Context<Env>,
  { accounts, refresh }: { accounts: string[]; refresh: boolean },
): Promise<EnrichedAccount[]> {
  const run = randomUUID();
  const who = { principal: ENRICH_PRINCIPAL, authenticatedBy: 'key', surface: 'api' } as const;
  // The audit trail shows the name of the key as part of the workflow id.
  const caller = { ...who, workflowId: `enrich/${context.get('key').name}`, run };
  return asProblem(enricher.enrich(accounts, { caller, refresh } satisfies EnrichRequest));
}

/** Turns refusals of enrichment into answers of this API. */
async function asProblem<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (thrown) {
    if ((thrown as Error).name !== 'PolicyDeniedError') throw thrown;
    throw new Problem(403, 'policy_denied', {
      message: `The policies do not allow ${ENRICH_PRINCIPAL} to read accounts.`,
      remedy:
        'See policies/enrichment.yaml, and `arx policy explain users:read --as workflow:enrich-account`.',
    });
  }
}

/**
 * The query parameters. Throws Problem 400 naming the one that is unknown, repeated or malformed.
 */
function readParameters<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): z.output<Schema> {
  try {
    return readQuery(context, schema);
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    const path = thrown.about.where?.path ?? '';
    throw new Problem(400, 'invalid_argument', {
      message: `The query parameters are malformed: ${path}.`,
      remedy:
        'GET /v1/enrich/account/VALUE accepts refresh=true or refresh=false, once; POST /v1/enrich accepts none.',
      path,
    });
  }
}

async function readBatch({ req }: Context): Promise<z.output<typeof BATCH_BODY>> {
  const isJson = /^application\/json(\s*;|$)/i.test(req.header('content-type') ?? '');
  const body: unknown = isJson ? await req.json<unknown>().catch(() => null) : null;
  const parsed = BATCH_BODY.safeParse(body);
  if (parsed.success) return checkBatchSize(parsed.data);
  throw new Problem(400, 'invalid_argument', {
    message: 'The body must be a JSON object with a list of names under "accounts".',
    remedy: `Send {"accounts": ["jdoe@example.com"]} as application/json, ${MAX_ACCOUNTS} accounts at most.`,
  });
}

function checkBatchSize(batch: z.output<typeof BATCH_BODY>): z.output<typeof BATCH_BODY> {
  const { length } = batch.accounts;
  if (length >= 1 && length <= MAX_ACCOUNTS) return batch;
  throw new Problem(400, 'invalid_argument', {
    message: `A batch must have 1 to ${MAX_ACCOUNTS} accounts; this one has ${length}.`,
    remedy:
      length === 0
        ? 'Name at least one account.'
        : `Send several batches of at most ${MAX_ACCOUNTS} accounts.`,
    path: 'accounts',
  });
}
