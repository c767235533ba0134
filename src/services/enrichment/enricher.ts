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
 * Accounts of a batch that are looked up at the same time: more than that the limiter would only
 * keep waiting.
 */
const CONCURRENCY = 32;

/** The principal of look-ups that nobody else is named for. */
export const ENRICH_PRINCIPAL = 'workflow:enrich-account';

/**
 * Enrichment over these parts; each process needs one, so that its look-ups of one account are one.
 */
export function createEnricher(parts: EnricherParts): Enricher {
  const flights = new SharedLookUps(parts.enrichments);
  return {
    enrich: async (accounts, asking) => {
      const indicators = accounts.map(indicatorAt);
      const priority = asking.priority ?? (accounts.length > 1 ? 'scan' : 'interactive');
      const results: EnrichedAccount[] = [];
      const queue = indicators.entries();
      const lane = async (): Promise<void> => {
        for (const [at, indicator] of queue) {
          const answer = await answerTo(parts, flights, {
            indicator,
            asking: { ...asking, priority },
          });
          const account = toEnrichedAccount(parts, accounts[at] ?? '', answer);
          results[at] = account;
          asking.done?.(account);
        }
      };
      await Promise.all(Array.from({ length: Math.min(CONCURRENCY, accounts.length) }, lane));
      return results;
    },
  };
}

function indicatorAt(account: string, index: number): Indicator {
  const read = readIndicator(account);
  if (read.ok) return read.indicator;
  throw new InvalidAccountError(index, read.problem);
}

/** Names of people are not kept readable in keys, and two organisations share none. */
const keyOf = (org: string, indicator: Indicator): string =>
  createHash('sha256')
    .update(JSON.stringify([org.toLowerCase(), 'account', cacheName(indicator)]))
    .digest('hex');

async function answerTo(
  parts: EnricherParts,
  flights: SharedLookUps,
  { indicator, asking }: { indicator: Indicator; asking: EnrichRequest },
): Promise<Answer> {
  const { ttlMs, negativeTtlMs, activityMs } = parts.settings();
  const find: LookUpRequest['find'] = () =>
    lookUp(createOktaCall(parts, asking), indicator, { now: parts.now(), activityMs });
  // Whoever may not read all of it is told nothing that was read for others, and leaves nothing for
  // them.
  if (!mayRead(parts, asking)) return { ...(await find()), cached: false, ageMs: 0 };
  const org = parts.connectors.oktaHost;
  const ttlOf: LookUpRequest['ttlOf'] = ({ found }) => (found === true ? ttlMs : negativeTtlMs);
  return flights.answer({
    key: keyOf(org, indicator),
    org,
    refresh: asking.refresh ?? false,
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
