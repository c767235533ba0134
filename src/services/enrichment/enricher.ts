import { createHash } from 'node:crypto';
import { cacheName, readIndicator } from '../../enrichment/indicator.ts';
import { verdictOf } from '../../enrichment/rules.ts';
import type { EnrichedAccount, Indicator } from '../../enrichment/types.ts';
import { createOktaCall, OPERATIONS } from './okta-call.ts';
import { SharedLookUps } from './shared-look-ups.ts';
import type { Answer, LookUpRequest } from './shared-look-ups.ts';
import { lookUp } from './look-up.ts';
import { InvalidAccountError } from './types.ts';
import type { EnrichRequest, Enricher, EnricherParts } from './types.ts';

/**
 * Accounts of a batch that are looked up at the same time; more would only wait for the rate
 * limiter.
 */
const CONCURRENCY = 32;

/** The principal of look-ups without a named caller. */
export const ENRICH_PRINCIPAL = 'workflow:enrich-account';

/**
 * Creates the enricher. Each process needs exactly one, so that simultaneous look-ups of one
 * account are shared.
 */
export function createEnricher(parts: EnricherParts): Enricher {
  const lookUps = new SharedLookUps(parts.enrichments);
  return {
    enrich: async (accounts, request) => {
      const indicators = accounts.map(indicatorAt);
      const priority = request.priority ?? (accounts.length > 1 ? 'scan' : 'interactive');
      const results: EnrichedAccount[] = [];
      const queue = indicators.entries();
      const worker = async (): Promise<void> => {
        for (const [at, indicator] of queue) {
          const answer = await answerTo(parts, lookUps, {
            indicator,
            request: { ...request, priority },
          });
          const account = toEnrichedAccount(parts, accounts[at] ?? '', answer);
          results[at] = account;
          request.done?.(account);
        }
      };
      await Promise.all(Array.from({ length: Math.min(CONCURRENCY, accounts.length) }, worker));
      return results;
    },
  };
}

function indicatorAt(account: string, index: number): Indicator {
  const read = readIndicator(account);
  if (read.ok) return read.indicator;
  throw new InvalidAccountError(index, read.problem);
}

/** Cache key: names of people are not readable in it, and organisations do not share entries. */
const keyOf = (org: string, indicator: Indicator): string =>
  createHash('sha256')
    .update(JSON.stringify([org.toLowerCase(), 'account', cacheName(indicator)]))
    .digest('hex');

async function answerTo(
  parts: EnricherParts,
  lookUps: SharedLookUps,
  { indicator, request }: { indicator: Indicator; request: EnrichRequest },
): Promise<Answer> {
  const { ttlMs, negativeTtlMs, activityMs } = parts.settings();
  const find: LookUpRequest['find'] = () =>
    lookUp(createOktaCall(parts, request), indicator, { now: parts.now(), activityMs });
  // A caller that may not read everything gets no cached answer and leaves none.
  if (!mayRead(parts, request)) return { ...(await find()), cached: false, ageMs: 0 };
  const org = parts.connectors.oktaHost;
  const ttlOf: LookUpRequest['ttlOf'] = ({ found }) => (found === true ? ttlMs : negativeTtlMs);
  return lookUps.answer({
    key: keyOf(org, indicator),
    org,
    refresh: request.refresh ?? false,
    find,
    ttlOf,
  });
}

const mayRead = ({ connectors }: EnricherParts, { caller }: EnrichRequest): boolean =>
  OPERATIONS.every(
    (operation) => connectors.decide('okta', operation, caller.principal).effect !== 'deny',
  );

function toEnrichedAccount(
  { settings, now }: EnricherParts,
  indicator: string,
  answer: Answer,
): EnrichedAccount {
  const { result, raw, cached, ageMs } = answer;
  const verdict = verdictOf(settings().rules, { result, raw }, now().getTime());
  return {
    indicator,
    okta: { ...result, verdict, cached, age_seconds: Math.floor(ageMs / 1_000) },
  };
}
