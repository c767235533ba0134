import { oktaId, oktaIndex } from '../ids.ts';
import type { UserRecord } from './model.ts';
import type { OktaOrg } from './org.ts';

export interface AppRecord {
  index: number;
  id: string;
  /** Okta's name for the kind of application. */
  name: string;
  label: string;
  status: 'ACTIVE' | 'INACTIVE';
  signOnMode: string;
  created: string;
  lastUpdated: string;
  /** Directly assigned users, and since when. */
  users: Map<string, string>;
  /** Ids of assigned groups, in order of priority. */
  groups: string[];
  /** Attributes that an assignment must state. */
  required: readonly string[];
  /** Provisioning of assigned users fails at the application. */
  failsToProvision: boolean;
}

/** An application to add; users are ids or logins, groups ids or names. */
export interface NewApp {
  id?: string;
  label: string;
  name?: string;
  status?: AppRecord['status'];
  signOnMode?: string;
  users?: readonly string[];
  groups?: readonly string[];
  required?: readonly string[];
  failsToProvision?: boolean;
}

const CREATED = '2023-05-08T09:00:00.000Z';

/** Applications of every organisation. */
const BUILT_IN: readonly NewApp[] = [
  { label: 'Okta Admin Console', name: 'saasure', signOnMode: 'OPENID_CONNECT' },
  { label: 'Okta Dashboard', name: 'okta_enduser', signOnMode: 'OPENID_CONNECT' },
];

/** The applications of an organisation. */
export class AppDirectory {
  readonly all: AppRecord[] = [];
  readonly #removed = new Set<AppRecord>();
  readonly #org: OktaOrg;

  constructor(org: OktaOrg) {
    this.#org = org;
    for (const app of BUILT_IN) this.add(app);
  }

  get(id: string): AppRecord | null {
    const likely = this.all[oktaIndex('0oa', id, this.#org.seed) ?? -1];
    const app = likely?.id === id ? likely : this.all.find((one) => one.id === id);
    return app && this.isPresent(app) ? app : null;
  }

  /** False for an application that was removed; it leaves a gap, so that cursors stay valid. */
  isPresent(app: AppRecord): boolean {
    return !this.#removed.has(app);
  }

  remove(app: AppRecord): void {
    app.status = 'INACTIVE';
    this.#removed.add(app);
  }

  add({ id, label, users = [], groups = [], ...wanted }: NewApp): AppRecord {
    const index = this.all.length;
    const members = users.flatMap((user) => this.#org.view(user)?.id ?? []);
    const app: AppRecord = {
      index,
      id: id ?? oktaId('0oa', index, this.#org.seed),
      name: wanted.name ?? 'oidc_client',
      label,
      status: wanted.status ?? 'ACTIVE',
      signOnMode: wanted.signOnMode ?? 'OPENID_CONNECT',
      created: CREATED,
      lastUpdated: CREATED,
      required: wanted.required ?? [],
      failsToProvision: wanted.failsToProvision ?? false,
      users: new Map(members.map((user) => [user, CREATED])),
      groups: groups.flatMap(
        (group) => (this.#org.group(group) ?? this.#org.groupNamed(group))?.id ?? [],
      ),
    };
    this.all.push(app);
    return app;
  }

  /** Positions of all assigned users; undefined if everyone is assigned. */
  assigned(app: AppRecord): number[] | undefined {
    const groups = app.groups.flatMap((id) => this.#org.group(id) ?? []);
    if (groups.some(({ members }) => members === null)) return undefined;
    const ids = new Set([
      ...app.users.keys(),
      ...groups.flatMap(({ members }) => [...(members ?? [])]),
    ]);
    return this.#org.placesOf(ids);
  }

  /** How a user is assigned; null if not at all. */
  scopeOf(app: AppRecord, user: UserRecord): 'USER' | 'GROUP' | null {
    if (app.users.has(user.id)) return 'USER';
    const groups = app.groups.flatMap((id) => this.#org.group(id) ?? []);
    return groups.some((group) => this.#org.isMember(group, user)) ? 'GROUP' : null;
  }
}
