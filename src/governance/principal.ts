/**
 * A principal is written as kind and name: `user:LOGIN`, `agent:NAME` (the service of an access
 * key), `workflow:NAME` or `flow:NAME`.
 */
type PrincipalKind = 'user' | 'agent' | 'workflow' | 'flow';

/** A caller who has not signed in and is not named. */
export const ANONYMOUS = 'user:anonymous';

/** Whether this is the anonymous caller, however it is spelt. */
export const isAnonymous = (principal: string): boolean =>
  principal.normalize('NFKC').trim().toLowerCase() === ANONYMOUS;

export const principalOf = (kind: PrincipalKind, name: string): string => `${kind}:${name}`;

/** The principal of an access key: its owner, or the service if it has no owner. */
export const principalOfKey = ({
  name,
  person,
}: {
  name: string;
  person: string | null;
}): string => (person === null ? principalOf('agent', name) : principalOf('user', person));

/** The name of a principal of this kind; null for every other principal. */
export const nameOf = (kind: PrincipalKind, principal: string): string | null =>
  principal.startsWith(`${kind}:`) ? principal.slice(kind.length + 1) : null;

/** A login, address or id as Okta compares it: NFKC, trimmed, lower case. */
export const canonicalName = (name: string): string =>
  // Normalised again, because a change of case may undo it.
  name.normalize('NFKC').trim().toLowerCase().normalize('NFKC');

/** A principal in the form in which policies compare it. Only names of users have one. */
export function canonicalPrincipal(principal: string): string {
  const name = nameOf('user', principal);
  return name === null ? principal : principalOf('user', canonicalName(name));
}

/** The login or id of the user; null for services, jobs, flows and anonymous callers. */
export const userIn = (principal: string): string | null =>
  isAnonymous(principal) ? null : nameOf('user', principal);

/** Every principal of one user, in canonical form: by login, id and address. */
export const principalsOf = ({
  id,
  login,
  email,
}: {
  id: string;
  login: string;
  email: string | null;
}): string[] => [
  ...new Set(
    [id, login, email]
      .filter((name) => name !== null)
      .map((name) => canonicalPrincipal(principalOf('user', name))),
  ),
];
