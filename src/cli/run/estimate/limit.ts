import { bucketKey } from '../../../connectors/rate-limit/buckets.ts';
import type { Store } from '../../../store/types.ts';
import type { Listed } from './listing.ts';

/** Limit a minute of the bucket that lists users and reads factors; null: the answers told none. */
export interface UsersLimit {
  limit: number | null;
  basis: 'seen' | 'assumed';
}

/**
 * What one API token has by default: half of the 600 a minute of a Workforce organisation.
 * (developer.okta.com, rate limits)
 */
const ASSUMED_LIMIT = 300;

/**
 * Where a limit may have been seen: in a listing of just now (null: none), or by the runs that the
 * store knows of.
 */
export interface LimitSources {
  /** Null where there is none, or nothing of Okta is set up. */
  known: { store: Store; org: string } | null;
  listed: Pick<Listed, 'limit'> | null;
}

/** The limit as last seen; where nobody has seen it, that of one token. */
export async function usersLimit({ known, listed }: LimitSources): Promise<UsersLimit> {
  if (listed?.limit !== undefined) return { limit: listed.limit, basis: 'seen' };
  const state = known && (await known.store.rateBuckets.get(bucketKey('okta', known.org, 'users')));
  const limit = state?.unlimited ? null : (state?.window ?? state?.ended)?.limit;
  return limit === undefined
    ? { limit: ASSUMED_LIMIT, basis: 'assumed' }
    : { limit, basis: 'seen' };
}
