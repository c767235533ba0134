/** Finds out which user a name means. Every surface uses this one way. */

import { isOktaId } from './authority.ts';
import { canonicalName } from './principal.ts';

/** The names of a user. */
export interface Named {
  id: string;
  login: string;
  email: string | null;
}

/** Reads users: one by id, or a list by login, address or expression. May throw as connectors do. */
export interface PersonReads<Person extends Named> {
  detail(id: string): Promise<Person>;
  list(by: { login: string } | { email: string } | { search: string }): Promise<readonly Person[]>;
}

/** The user whom a name means, or why it means none. */
export type Resolution<Person> =
  { ok: true; person: Person } | { ok: false; why: 'nobody' | 'several' };

/**
 * The one user with this id, login or e-mail address, in this order. Names are compared in canonical
 * form. An address that several users share means none of them. Throws as the reads do.
 */
export async function resolvePerson<Person extends Named>(
  reads: PersonReads<Person>,
  reference: string,
): Promise<Resolution<Person>> {
  const name = reference.trim();
  if (name === '') return { ok: false, why: 'nobody' };
  const byId = isOktaId(name) ? await unlessRefused(() => reads.detail(name), null) : null;
  if (byId !== null) return { ok: true, person: byId };
  const people = new NamedPeople(reads, name);
  return (
    only(await people.by('login', 'first')) ??
    only(await people.by('email', 'all')) ?? { ok: false, why: 'nobody' }
  );
}

/** Users with a name, which Okta may write in another case. */
class NamedPeople<Person extends Named> {
  readonly #reads: PersonReads<Person>;
  readonly #name: string;

  constructor(reads: PersonReads<Person>, name: string) {
    this.#reads = reads;
    this.#name = name;
  }

  /** A filter includes the latest changes, a search ignores case. `first`: one answer is enough. */
  async by(field: 'login' | 'email', wanted: 'first' | 'all'): Promise<Person[]> {
    const exact = await this.#list(
      field,
      field === 'login' ? { login: this.#name } : { email: this.#name },
    );
    if (wanted === 'first' && exact.length > 0) return exact;
    const search = `profile.${field} eq ${JSON.stringify(this.#name)}`;
    return [...exact, ...(await this.#list(field, { search }))];
  }

  async #list(
    field: 'login' | 'email',
    by: Parameters<PersonReads<Person>['list']>[0],
  ): Promise<Person[]> {
    const wanted = canonicalName(this.#name);
    const found = await unlessRefused(() => this.#reads.list(by), []);
    return found.filter(({ [field]: own }) => own !== null && canonicalName(own) === wanted);
  }
}

/** Null if there is none. */
function only<Person extends Named>(found: readonly Person[]): Resolution<Person> | null {
  const people = new Map(found.map((one) => [one.id, one]));
  const [person] = people.values();
  if (person === undefined) return null;
  return people.size === 1 ? { ok: true, person } : { ok: false, why: 'several' };
}

/** Codes of errors that mean that a name belongs to no user. */
const REFUSALS: readonly unknown[] = ['not_found', 'invalid', 'invalid_argument'];

async function unlessRefused<Answer>(read: () => Promise<Answer>, none: Answer): Promise<Answer> {
  try {
    return await read();
  } catch (thrown) {
    if (REFUSALS.includes((thrown as { code?: unknown }).code)) return none;
    throw thrown;
  }
}
