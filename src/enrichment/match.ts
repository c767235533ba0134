import type { Candidate, Indicator } from './types.ts';

/** The part of a user that matching looks at. */
export interface Matchable extends Candidate {
  email: string | null;
}

/** A way of finding an account: what Okta is asked for, and which of its answers count. */
export type MatchStep = 'login' | 'email' | 'short_name' | 'id';

/** The ways to go for an indicator, in order; the first that has a hit decides. */
export function matchSteps({ isEmail, isId }: Indicator): MatchStep[] {
  if (isEmail) return ['login', 'email'];
  return isId ? ['short_name', 'id'] : ['short_name'];
}

const fold = (text: string | null): string | null => text?.toLowerCase() ?? null;

const EQUAL: Record<MatchStep, (user: Matchable, indicator: Indicator) => boolean> = {
  login: ({ login }, { name }) => fold(login) === name,
  email: ({ email }, { name }) => fold(email) === name,
  short_name: ({ login }, { name }) => fold(login) === name || shortName(login) === name,
  id: ({ id }, { exact }) => id === exact,
};

/** The part of a login before its @, in small letters. */
const shortName = (login: string): string => login.toLowerCase().split('@', 1)[0] ?? '';

/**
 * Those of a vendor's answers that are equal to what was asked for; whatever else it gave does not
 * count.
 */
export function hitsOf<User extends Matchable>(
  step: MatchStep,
  indicator: Indicator,
  users: readonly User[],
): User[] {
  const hits = users.filter((user) => EQUAL[step](user, indicator));
  return [...new Map(hits.map((user) => [user.id, user])).values()];
}

/** What the hits say: nobody, one, or several of whom none is preferred. */
export type Match<User> =
  { kind: 'none' } | { kind: 'one'; user: User } | { kind: 'several'; candidates: Candidate[] };

/** Judges the hits of the first step that had any. */
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
