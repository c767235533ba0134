import type { Store } from '../../store/types.ts';
import type { Listed } from './listing.ts';

/** Limit a minute of the bucket that lists users and reads factors; null: the answers told none. */
export interface UsersLimit {
  limit: number | null;
  basis: 'seen' | 'assumed';
}

/** What one API token has by default: half of the 600 a minute of a Workforce organisation. (developer.okta.com, rate limits) */
const ASSUMED_LIMIT = 300;

/** Where a limit may have been seen: in a listing of just now (null: none), or by the runs that the store knows of. */
export interface LimitSources {
  /** Null where there is none, or nothing of Okta is set up. */
  known: { store: Store; org: string } | null;
  listed: Pick<Listed, 'limit'> | null;
}

/** The limit as last seen; where nobody has seen it, that of one token. */
export async function usersLimit({ listed }: LimitSources): Promise<UsersLimit> {
  if (listed?.limit !== undefined) return { limit: listed.limit, basis: 'seen' };
  return { limit: ASSUMED_LIMIT, basis: 'assumed' };
}
