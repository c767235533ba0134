import { formsOf } from '../../enrichment/indicator.ts';
import { hitsOf, matchOf, matchSteps } from '../../enrichment/match.ts';
import type { Match, MatchStep } from '../../enrichment/match.ts';
import type { Indicator } from '../../enrichment/types.ts';
import type { OktaOperations, OktaUser } from '../../connectors/types.ts';
import { callFailure } from './okta-call.ts';
import type { OktaCall } from './okta-call.ts';

type Listing = OktaOperations['users:read']['input'];

/** An exact name has few hits, so a listing that goes on is an error of the vendor. */
const MAX_PAGES = 20;

/** Quotes for an Okta expression; an indicator contains neither quotes nor backslashes. */
const quote = (text: string): string => `"${text}"`;

/** The account that an indicator refers to. Throws the errors of the connector. */
export async function findAccount(call: OktaCall, indicator: Indicator): Promise<Match<OktaUser>> {
  for (const step of matchSteps(indicator)) {
    const users = await STEPS[step](call, indicator);
    // An e-mail address is searched by several calls; one may return the login that another does
    // not.
    for (const way of step === 'email' ? (['login', 'email'] as const) : [step]) {
      const hits = hitsOf(way, indicator, users);
      if (hits.length > 0) return matchOf(hits);
    }
  }
  return { kind: 'none' };
}

const STEPS: Record<MatchStep, (call: OktaCall, indicator: Indicator) => Promise<OktaUser[]>> = {
  login: (call, { name }) => listForms(call, name, (login) => ({ login })),
  // In Okta a filter compares stored values by case, a search does not (Management API, List all
  // users).
  email: async (call, { name }) => [
    ...(await listForms(call, name, (email) => ({ email }))),
    ...(await listUsers(call, {
      search: formsOf(name)
        .map((one) => `profile.login eq ${quote(one)} or profile.email eq ${quote(one)}`)
        .join(' or '),
    })),
  ],
  // The short name ends at the @, so a longer name with the same beginning does not match.
  short_name: (call, { name }) =>
    listUsers(call, {
      search: formsOf(name)
        .map((one) => `profile.login eq ${quote(one)} or profile.login sw ${quote(`${one}@`)}`)
        .join(' or '),
    }),
  id: async (call, { exact }) => {
    try {
      return [await call('users:read_detail', { userId: exact }, exact)];
    } catch (thrown) {
      if (callFailure(thrown)?.code === 'not_found') return [];
      throw thrown;
    }
  },
};

/** One listing for each form of the name; most names have one. */
async function listForms(
  call: OktaCall,
  name: string,
  by: (form: string) => Listing,
): Promise<OktaUser[]> {
  const found: OktaUser[] = [];
  for (const form of formsOf(name)) found.push(...(await listUsers(call, by(form))));
  return found;
}

async function listUsers(call: OktaCall, by: Listing): Promise<OktaUser[]> {
  const users: OktaUser[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, next }: { items: OktaUser[]; next: string | null } = await call(
      'users:read',
      { ...by, after },
      'person',
    );
    users.push(...items);
    if (next === null) return users;
    after = next;
  }
  throw new RangeError(`Okta returned more than ${MAX_PAGES} pages of users for one account`);
}
