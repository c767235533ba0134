import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Enricher } from '../../services/enrichment/types.ts';
import type { EnrichAccountInput } from '../../workflows/messages.ts';
import type { UsesStore } from '../support/parts.ts';
import { asActivities } from '../support/running.ts';
import type { ActivityParts } from '../support/running.ts';
import type { EnrichActivities } from './types.ts';

/** Everything that enrichment uses; the worker provides it. */
export interface EnrichDeps extends Omit<ActivityParts, 'store'> {
  store: UsesStore<'attempts' | 'snapshots'>['store'];
  enricher: Enricher;
}

const PRINCIPAL = 'workflow:enrich-account';
const NO_ACCOUNT =
  'the input of enrichAccount needs account, for example {"account":"ann@example.com"}';

/** The activities of `enrichAccount`. */
export function createEnrichActivities(deps: EnrichDeps): EnrichActivities {
  return asActivities({ enrichOne: enrichOne(deps) }, deps);
}

function enrichOne(
  deps: UsesStore<'snapshots'> & Pick<EnrichDeps, 'enricher'>,
): EnrichActivities['enrichOne'] {
  return async ({ run, input }) => {
    const { account, refresh = false } = await inputOf(deps, input);
    if (account === undefined) throw invalid(NO_ACCOUNT);
    const { workflowId } = Context.current().info.workflowExecution ?? { workflowId: run };
    const caller = {
      principal: PRINCIPAL,
      authenticatedBy: 'worker',
      surface: 'workflow',
    } as const;
    const request = { caller: { ...caller, workflowId, run }, refresh };
    const [found] = await deps.enricher.enrich([account], request);
    if (!found) throw invalid(NO_ACCOUNT);
    const { okta } = found;
    // Text that cannot be a name is a permanent failure.
    if (okta.error?.code === 'invalid_argument') throw invalid(okta.error.message);
    const {
      extracted,
      found: isFound,
      ambiguous,
      success,
      verdict,
      cached,
      enriched_at: enrichedAt,
      error,
      errors,
    } = okta;
    const failed = errors.map(({ call, code }) => `${call}: ${code}`);
    // A name that is not that of an Okta account was not looked up, so no call failed.
    const codes = [...new Set(error && failed.length === 0 ? [error.code] : failed)];
    const flags = {
      found: isFound,
      ambiguous,
      success,
      verdict,
      cached,
      enrichedAt,
      errors: codes,
    };
    return { account: extracted?.user_id ?? null, ...flags };
  };
}

async function inputOf(
  { store }: UsesStore<'snapshots'>,
  input: EnrichAccountInput,
): Promise<EnrichAccountInput> {
  if (input.inputRef === undefined) return input;
  const stored = (await store.snapshots.get(input.inputRef)) as EnrichAccountInput | null;
  if (stored === null || (stored.account !== undefined && typeof stored.account !== 'string'))
    throw invalid(
      `the input ${input.inputRef} is not in this worker's store: run arx against the same DATABASE_URL`,
    );
  return { ...stored, ...(input.refresh === undefined ? {} : { refresh: input.refresh }) };
}

const invalid = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, 'invalid_argument');
