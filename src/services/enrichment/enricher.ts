import { createHash } from 'node:crypto';
import { cacheName, readIndicator } from '../../enrichment/indicator.ts';
import { verdictOf } from '../../enrichment/rules.ts';
import type { AccountError, Enriched, EnrichedAccount, Indicator } from '../../enrichment/types.ts';
import { createOktaCall, OPERATIONS } from './okta-call.ts';
import { SharedLookUps } from './shared-look-ups.ts';
import type { Answer, LookUpRequest } from './shared-look-ups.ts';
import { EMPTY_RESULT, lookUp } from './look-up.ts';
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
      const priority = request.priority ?? (accounts.length > 1 ? 'scan' : 'interactive');
      const results: EnrichedAccount[] = [];
      const queue = accounts.entries();
      const worker = async (): Promise<void> => {
        for (const [at, given] of queue) {
          const account = await enrichOne(parts, lookUps, {
            given,
            request: { ...request, priority },
          });
          results[at] = account;
          request.done?.(account);
        }
      };
      await Promise.all(Array.from({ length: Math.min(CONCURRENCY, accounts.length) }, worker));
      return results;
    },
  };
}

async function enrichOne(
  parts: EnricherParts,
  lookUps: SharedLookUps,
  { given, request }: { given: string; request: EnrichRequest },
): Promise<EnrichedAccount> {
  const read = readIndicator(given);
  if (!read.ok) return toRefusedAccount(parts, given, read);
  const answer = await answerTo(parts, lookUps, { indicator: read.indicator, request });
  return toEnrichedAccount(parts, given, answer);
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
  const error = errorOf(result);
  return {
    indicator,
    okta: { ...result, error, verdict, cached, age_seconds: Math.floor(ageMs / 1_000) },
  };
}

/** The result for a name that is not looked up. No rule applies to it, so it has no verdict. */
function toRefusedAccount(
  { now }: EnricherParts,
  indicator: string,
  { code, problem }: { code: 'invalid_argument' | 'not_an_okta_account'; problem: string },
): EnrichedAccount {
  const enriched_at = now().toISOString();
  const error = { code, message: `The name ${problem}.`, remedy: REMEDIES[code] };
  return {
    indicator,
    okta: {
      ...EMPTY_RESULT,
      success: false,
      enriched_at,
      error,
      verdict: null,
      cached: false,
      age_seconds: 0,
    },
  };
}

const REMEDIES = {
  invalid_argument:
    'Give an e-mail address, a user name (optionally with DOMAIN\\ before it) or an Okta user id.',
  not_an_okta_account:
    'Nothing to do: Okta has no such account. Look it up where it is managed, for example in Active Directory.',
} as const;

/** Why the account could not be looked up; null if it was. */
function errorOf({ success, errors }: Enriched): AccountError | null {
  const [failed] = errors;
  if (success || !failed) return null;
  const { call, code, status } = failed;
  const answer = status === null ? code : `${code}, HTTP status ${status}`;
  return {
    code,
    message: `Okta did not answer ${call}: ${answer}.`,
    remedy: 'Try again later; `arx okta test` tries each permission.',
  };
}
