import { oktaId, oktaIndex } from '../ids.ts';
import type { NewUser, UserRecord } from './model.ts';

/**
 * A block of similar users. Each is generated from its number when it is read, so a million of them
 * take no memory.
 */
interface UserBlock {
  count: number;
  /**
   * The user with a number from 0, without id, roles and groups. Users of a block differ only in
   * login, profile and factors.
   */
  make(number: number): NewUser;
  /** The number of a login (in lower case); null if it does not belong to the block. */
  numberOf(login: string): number | null;
}

interface Placed {
  from: number;
  block: UserBlock;
}

/**
 * The users of an organisation in listing order. A deleted user leaves a gap, so that cursors stay
 * valid.
 */
export class UserDirectory {
  readonly #seed: number;
  readonly #blocks: Placed[] = [];
  /** Users that were added individually, or changed after they were generated from a block. */
  readonly #kept = new Map<number, UserRecord>();
  readonly #places = new Map<string, number>();
  readonly #logins = new Map<string, number>();
  readonly #gone = new Set<number>();
  #goneBelow = 0;
  #length = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Number of positions, including gaps. */
  get length(): number {
    return this.#length;
  }

  /** For reading only: a user of a block is generated again each time, until `keep`. */
  at(place: number): UserRecord | undefined {
    if (place < this.#goneBelow || this.#gone.has(place)) return undefined;
    const kept = this.#kept.get(place);
    if (kept) return kept;
    const placed = this.#blocks.find(
      ({ from, block }) => place >= from && place < from + block.count,
    );
    return (
      placed &&
      newUser(place, placed.block.make(place - placed.from), oktaId('00u', place, this.#seed))
    );
  }

  /** Position of a present or deleted user; null if unknown. */
  place(id: string): number | null {
    const given = this.#places.get(id);
    if (given !== undefined || this.#blocks.length === 0) return given ?? null;
    const place = oktaIndex('00u', id, this.#seed);
    return place !== null && this.#inBlock(place) ? place : null;
  }

  /** A user by id or login, for reading only; null if there is none. */
  find(idOrLogin: string): UserRecord | null {
    const place = this.place(idOrLogin);
    return (place === null ? undefined : this.at(place)) ?? this.#byLogin(idOrLogin.toLowerCase());
  }

  add(wanted: NewUser): UserRecord {
    const place = this.#length;
    const user = newUser(place, wanted, wanted.id ?? oktaId('00u', place, this.#seed));
    this.#length += 1;
    this.#kept.set(place, user);
    this.#places.set(user.id, place);
    this.#logins.set(user.profile.login.toLowerCase(), place);
    return user;
  }

  addBlock(block: UserBlock): void {
    this.#blocks.push({ from: this.#length, block });
    this.#length += block.count;
  }

  /** Returns a record that may be changed, and stores it for all later reads. */
  keep(user: UserRecord): UserRecord {
    const kept = this.#kept.get(user.index) ?? user;
    this.#kept.set(user.index, kept);
    return kept;
  }

  /** Records that a stored user had another login before. */
  recordRename(user: UserRecord, before: string): void {
    this.#logins.delete(before.toLowerCase());
    this.#logins.set(user.profile.login.toLowerCase(), user.index);
  }

  remove(user: UserRecord): void {
    this.#kept.delete(user.index);
    this.#gone.add(user.index);
    this.#logins.delete(user.profile.login.toLowerCase());
  }

  clear(): void {
    this.#goneBelow = this.#length;
    this.#gone.clear();
    this.#kept.clear();
    this.#logins.clear();
  }

  /** Positions outside the blocks or changed since, in no order. */
  keptPlaces(): number[] {
    return [...this.#kept.keys()];
  }

  /** One unchanged user of each block that has any. */
  samples(): UserRecord[] {
    const whole = this.#blocks.filter(
      ({ from, block }) => block.count > 0 && from + block.count > this.#goneBelow,
    );
    return whole.map(({ from, block }) => newUser(from, block.make(0), ''));
  }

  *[Symbol.iterator](): Generator<UserRecord> {
    for (let place = this.#goneBelow; place < this.#length; place += 1) {
      const user = this.at(place);
      if (user) yield user;
    }
  }

  #inBlock(place: number): boolean {
    return this.#blocks.some(({ from, block }) => place >= from && place < from + block.count);
  }

  #byLogin(login: string): UserRecord | null {
    const known = this.#logins.get(login);
    if (known !== undefined) return this.at(known) ?? null;
    for (const { from, block } of this.#blocks) {
      const number = block.numberOf(login);
      const user = number === null ? undefined : this.at(from + number);
      // The user may have another login by now.
      if (user?.profile.login.toLowerCase() === login) return user;
    }
    return null;
  }
}

/** The record of a new user, with defaults for everything that is not given. */
function newUser(index: number, wanted: NewUser, id: string): UserRecord {
  const created = wanted.created ?? '2024-03-04T09:00:00.000Z';
  const activated = wanted.activated === undefined ? created : wanted.activated;
  return {
    index,
    id,
    status: wanted.status ?? 'ACTIVE',
    created,
    activated,
    statusChanged: activated,
    lastLogin: wanted.lastLogin ?? null,
    lastUpdated: activated ?? created,
    passwordChanged: wanted.passwordChanged === undefined ? activated : wanted.passwordChanged,
    profile: { ...defaultProfile(wanted.login), ...wanted.profile, login: wanted.login },
    factors: wanted.factors ?? [],
    roles: wanted.roles ?? [],
    ...(wanted.vanish ? { vanish: true } : {}),
    ...(wanted.denyFactors ? { denyFactors: true } : {}),
    ...(wanted.provider ? { provider: wanted.provider } : {}),
    ...('raw' in wanted ? { raw: wanted.raw } : {}),
    sessions: 1,
    oauthTokens: 1,
  };
}

function defaultProfile(login: string): Record<string, unknown> {
  const [firstName = 'Test', lastName = 'User'] = (login.split('@')[0] ?? '').split('.');
  return { firstName, lastName, mobilePhone: null, secondEmail: null, email: login };
}
