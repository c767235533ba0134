import { hitsOf, matchOf, matchSteps } from '../../enrichment/match.ts';
import type { Match, MatchStep } from '../../enrichment/match.ts';
import type { Indicator } from '../../enrichment/types.ts';
import type { OktaOperations, OktaUser } from '../../connectors/types.ts';
import { callFailure } from './okta-call.ts';
import type { OktaCall } from './okta-call.ts';

type Listing = OktaOperations['users:read']['input'];

/** An exact name has few hits; a vendor that goes on for ever is not believed. */
const MAX_PAGES = 20;

/** Okta's quotes; an indicator holds neither quotes nor backslashes. */
const quote = (text: string): string => `"${text}"`;

/** The account that an indicator means. Throws as the connector does. */
export async function findAccount(ask: OktaCall, indicator: Indicator): Promise<Match<OktaUser>> {
  for (const step of matchSteps(indicator)) {
    const users = await STEPS[step](ask, indicator);
    // An e-mail is looked for over several calls, of which one may bring the login that another did
    // not.
    for (const way of step === 'email' ? (['login', 'email'] as const) : [step]) {
      const hits = hitsOf(way, indicator, users);
      if (hits.length > 0) return matchOf(hits);
    }
  }
  return { kind: 'none' };
}

const STEPS: Record<MatchStep, (ask: OktaCall, indicator: Indicator) => Promise<OktaUser[]>> = {
  login: (ask, { name }) => listUsers(ask, { login: name }),
  // Filters tell capital from small letters in what Okta stores, a search does not (Management API,
  // List all users).
  email: async (ask, { name }) => [
    ...(await listUsers(ask, { email: name })),
    ...(await listUsers(ask, {
      search: `profile.login eq ${quote(name)} or profile.email eq ${quote(name)}`,
    })),
  ],
  // Up to the @ that ends it: the beginning of a longer name is none of this.
  short_name: (ask, { name }) =>
    listUsers(ask, {
      search: `profile.login eq ${quote(name)} or profile.login sw ${quote(`${name}@`)}`,
    }),
  id: async (ask, { exact }) => {
    try {
      return [await ask('users:read_detail', { userId: exact }, exact)];
    } catch (thrown) {
      if (callFailure(thrown)?.code === 'not_found') return [];
      throw thrown;
    }
  },
};

async function listUsers(ask: OktaCall, by: Listing): Promise<OktaUser[]> {
  const users: OktaUser[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, next }: { items: OktaUser[]; next: string | null } = await ask(
      'users:read',
      { ...by, after },
      'person',
    );
    users.push(...items);
    if (next === null) return users;
    after = next;
  }
  throw new RangeError('a listing by an exact name does not end');
}
