/** Matches an indicator against the users that Okta returns. */

import { fold } from './indicator.ts';
import type { Candidate, Indicator } from './types.ts';

/** The fields of a user that matching uses. */
export interface Matchable extends Candidate {
  email: string | null;
}

/** A way to find an account: the query to Okta, and which of its answers count. */
export type MatchStep = 'login' | 'email' | 'short_name' | 'id';

/** The steps for an indicator, in order. The first step with a hit decides. */
export function matchSteps({ isEmail, isId }: Indicator): MatchStep[] {
  if (isEmail) return ['login', 'email'];
  return isId ? ['short_name', 'id'] : ['short_name'];
}

const MATCHES: Record<MatchStep, (user: Matchable, indicator: Indicator) => boolean> = {
  login: ({ login }, { name }) => fold(login) === name,
  email: ({ email }, { name }) => email !== null && fold(email) === name,
  short_name: ({ login }, { name }) => fold(login) === name || shortName(login) === name,
  id: ({ id }, { exact }) => id === exact,
};

/** The part of a login before its @, as names are compared. */
const shortName = (login: string): string => fold(login).split('@', 1)[0] ?? '';

/**
 * The users among a vendor's answers that are equal to the indicator. All other answers are
 * ignored.
 */
export function hitsOf<User extends Matchable>(
  step: MatchStep,
  indicator: Indicator,
  users: readonly User[],
): User[] {
  const hits = users.filter((user) => MATCHES[step](user, indicator));
  return [...new Map(hits.map((user) => [user.id, user])).values()];
}

/** The result of the hits: no account, one account, or several, none of which is preferred. */
export type Match<User> =
  { kind: 'none' } | { kind: 'one'; user: User } | { kind: 'several'; candidates: Candidate[] };

/** Evaluates the hits of the first step that has any. */
export function matchOf<User extends Matchable>(hits: readonly User[]): Match<User> {
  const [user, ...others] = hits;
  if (user === undefined) return { kind: 'none' };
  if (others.length === 0) return { kind: 'one', user };
  const candidates = hits.map(({ id, login }) => ({ id, login }));
  return {
    kind: 'several',
    candidates: candidates.toSorted((a, b) => (a.login < b.login ? -1 : 1)),
  };
}
