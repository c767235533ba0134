/** Determines the Okta rate limit that an estimate uses. */

import { bucketKey } from '../../../connectors/rate-limit/buckets.ts';
import type { Store } from '../../../store/types.ts';
import type { Listed } from './listing.ts';

/**
 * Limit per minute of the bucket for listing users and reading factors; null: no limit was
 * reported.
 */
export interface UsersLimit {
  limit: number | null;
  basis: 'seen' | 'assumed';
}

/**
 * Default limit of one API token: half of the 600 per minute of a Workforce organisation.
 * (developer.okta.com, rate limits)
 */
const ASSUMED_LIMIT = 300;

/**
 * Where a limit may have been reported: in a listing made just now (null: none), or in earlier runs
 * known to the store.
 */
interface LimitSources {
  /** Null without a store, or if Okta is not configured. */
  known: { store: Store; org: string } | null;
  listed: Pick<Listed, 'limit'> | null;
}

/** The limit as last reported, or else that of one token. */
export async function usersLimit({ known, listed }: LimitSources): Promise<UsersLimit> {
  if (listed?.limit !== undefined) return { limit: listed.limit, basis: 'seen' };
  const state = known && (await known.store.rateBuckets.get(bucketKey('okta', known.org, 'users')));
  const limit = state?.unlimited ? null : (state?.window ?? state?.ended)?.limit;
  return limit === undefined
    ? { limit: ASSUMED_LIMIT, basis: 'assumed' }
    : { limit, basis: 'seen' };
}
