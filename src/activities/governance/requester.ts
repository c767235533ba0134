import { canonicalPrincipal, ANONYMOUS, principalsOf, userIn } from '../../governance/principal.ts';
import type { Resolution } from '../../governance/person.ts';
import type { OktaUser } from '../../connectors/types.ts';
import type { UserReader } from './user-reader.ts';

/** The people behind a request, or why one of them is not known. */
export type RequestPeople =
  | {
      ok: true;
      /** Okta ids; null if no person is meant. */
      requesterId: string | null;
      onBehalfOf: string | null;
      /** All principals of the requester. */
      aliases?: string[];
      /** Logins of these people by their ids. */
      names: Record<string, string>;
    }
  | {
      ok: false;
      code: 'requester_unresolved' | 'on_behalf_of_unresolved';
      hint: string;
    };

/**
 * Finds the people whom a request names. A name that means nobody, or several, is a problem:
 * otherwise that person could approve the own request. Throws as the connectors do.
 */
export async function peopleOf(
  users: Pick<UserReader, 'resolve'>,
  { principal, onBehalfOf }: { principal: string; onBehalfOf: string | undefined },
): Promise<RequestPeople> {
  const requester = await resolveNamed(users, userIn(principal));
  if (requester !== null && !requester.ok)
    return { ok: false, code: 'requester_unresolved', hint: hintFor('requester', requester.why) };
  const other = await resolveNamed(users, personNamed(onBehalfOf));
  if (other !== null && !other.ok) {
    const hint = hintFor('person on whose behalf it is requested', other.why);
    return { ok: false, code: 'on_behalf_of_unresolved', hint };
  }
  return {
    ok: true,
    requesterId: requester?.person.id ?? null,
    onBehalfOf: other?.person.id ?? null,
    ...(requester && { aliases: principalsOf(requester.person) }),
    names: Object.fromEntries(
      [requester, other].flatMap((found) => (found ? [[found.person.id, found.person.login]] : [])),
    ),
  };
}

/** Null if no person is meant. */
const resolveNamed = (
  users: Pick<UserReader, 'resolve'>,
  name: string | null,
): Promise<Resolution<OktaUser>> | null => (name === null ? null : users.resolve(name));

/** The login or id in `onBehalfOf`: services and anonymous callers are no people. */
function personNamed(text: string | undefined): string | null {
  if (text === undefined || /^(?:agent|workflow|flow):/.test(text)) return null;
  const name = text.replace(/^user:/, '');
  return canonicalPrincipal(`user:${name}`) === ANONYMOUS ? null : name;
}

const hintFor = (who: string, why: 'nobody' | 'several'): string =>
  why === 'nobody'
    ? `the ${who} is not a user in Okta: give the id, the login or the e-mail address of one`
    : `the ${who} is not clear, because several users in Okta have this address: give the login or the id`;
