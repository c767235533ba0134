/** Where arx takes authority from, and which calls change it. */

import { canonicalName } from './principal.ts';
import type { ConnectorName, Policy } from './types.ts';

/** A user or group that may approve or run something because the configuration names it. */
export interface AuthoritySource {
  /** `group:NAME`, `group:ID`, `user:LOGIN` or `user:ID`. */
  reference: string;
  /** What names it: `approvals.default_approvers`, `policy NAME`, `resource set NAME`. */
  namedBy: string;
}

interface AuthorityConfig {
  defaultApprovers: readonly string[];
  policies: readonly Pick<Policy, 'name' | 'approvers'>[];
  resourceSets: readonly { name: string; members: readonly string[] }[];
}

/** Every user and group from which arx takes authority. Access keys are not among them. */
export function authoritySources(config: AuthorityConfig): AuthoritySource[] {
  const { defaultApprovers, policies, resourceSets } = config;
  const named = [
    { namedBy: 'approvals.default_approvers', references: defaultApprovers },
    ...policies.map(({ name, approvers }) => ({
      namedBy: `policy ${name}`,
      references: approvers?.any_of ?? [],
    })),
    ...resourceSets.map(({ name, members }) => ({
      namedBy: `resource set ${name}`,
      references: members,
    })),
  ];
  return named.flatMap(({ namedBy, references }) =>
    references
      .filter((reference) => /^(?:group|user):/.test(reference))
      .map((reference) => ({ reference, namedBy })),
  );
}

/** The name or id of the group that a source names; null for other sources. */
export const groupIn = (reference: string): string | null =>
  reference.startsWith('group:') ? reference.slice('group:'.length).trim() : null;

/** The name or id of the user that a source names; null for groups. */
export const personIn = (reference: string): string | null =>
  groupIn(reference) === null ? reference.replace(/^user:/, '').trim() : null;

/** Whether a name has the form of an Okta id. */
export const isOktaId = (name: string): boolean => /^[A-Za-z0-9]{20}$/.test(name);

/** The groups that a call changes, and the names that it gives to groups and to users. */
export interface AuthorityChange {
  groupIds: readonly string[];
  groupNames: readonly string[];
  userNames: readonly string[];
}

type Args = Readonly<Record<string, unknown>>;

const textsOf = (...values: readonly unknown[]): string[] =>
  values.flat().filter((value): value is string => typeof value === 'string');

const profileNames = ({ profile }: Args): string[] => {
  const { login, email } = (profile ?? {}) as { login?: unknown; email?: unknown };
  return textsOf(login, email);
};

const change = (parts: Partial<AuthorityChange>): AuthorityChange => ({
  groupIds: [],
  groupNames: [],
  userNames: [],
  ...parts,
});

const groupChange = (args: Args): AuthorityChange =>
  change({ groupIds: textsOf(args['groupId']), groupNames: textsOf(args['name']) });
const userChange = (args: Args): AuthorityChange =>
  change({ groupIds: textsOf(args['groupIds']), userNames: profileNames(args) });

/** What each operation of Okta changes that authority may come from. */
const CHANGES: Readonly<Record<string, (args: Args) => AuthorityChange>> = {
  'groups:add_member': groupChange,
  'groups:remove_member': groupChange,
  'groups:create': groupChange,
  'groups:update': groupChange,
  'groups:delete': groupChange,
  'users:create': userChange,
  'users:update': userChange,
};

/** What a call changes that authority may come from; null if nothing. */
export function authorityChange(
  connector: ConnectorName,
  operation: string,
  args: Args,
): AuthorityChange | null {
  if (connector !== 'okta' || !Object.hasOwn(CHANGES, operation)) return null;
  return CHANGES[operation]?.(args) ?? null;
}

/** The sources by kind, as calls are compared with them. Names are canonical. */
export interface AuthorityIndex {
  groupIds: ReadonlySet<string>;
  groupNames: ReadonlySet<string>;
  /** Group names that were not resolved to an id yet. */
  unresolved: ReadonlySet<string>;
  userNames: ReadonlySet<string>;
}

/** Indexes sources; `known` has the id of each group name that was resolved. */
export function authorityIndex(
  sources: readonly AuthoritySource[],
  known: ReadonlyMap<string, string>,
): AuthorityIndex {
  const references = sources.map(({ reference }) => reference);
  const groups = references.flatMap((reference) => groupIn(reference) ?? []);
  const resolved = groups.flatMap((name) => known.get(name) ?? []);
  const names = groups.filter((name) => !isOktaId(name));
  return {
    groupIds: new Set([...groups.filter(isOktaId), ...resolved]),
    groupNames: new Set(names.map(canonicalName)),
    unresolved: new Set(names.filter((name) => !known.has(name)).map(canonicalName)),
    userNames: new Set(
      references.flatMap((reference) => personIn(reference) ?? []).map(canonicalName),
    ),
  };
}

/** Whether a change certainly affects a source: by the id of a group, or by a name that it gives. */
export const affectsAuthority = (
  { groupIds, groupNames, userNames }: AuthorityChange,
  index: AuthorityIndex,
): boolean =>
  groupIds.some((id) => index.groupIds.has(id)) ||
  groupNames.some((name) => index.groupNames.has(canonicalName(name))) ||
  userNames.some((name) => index.userNames.has(canonicalName(name)));

/** The group that a name means, or why it means none. */
export type NamedGroup =
  | { ok: true; id: string }
  | { ok: false; code: 'group_ambiguous' | 'group_changed' | 'group_missing'; message: string };

const BY_ID = 'Name the group by its id (group:ID) if that is intended.';

/**
 * Which of the groups with this exact name is meant. Once a name was resolved (`known`), only that
 * group is meant: another group of the name is a problem, and so is a second one.
 */
export function groupMeant(
  groups: readonly { id: string }[],
  known: string | undefined,
): NamedGroup {
  const [group, ...others] = groups;
  const problem = (code: Extract<NamedGroup, { ok: false }>['code'], message: string) =>
    ({ ok: false, code, message }) as const;
  if (others.length > 0)
    return problem('group_ambiguous', `several groups have this name. ${BY_ID}`);
  if (!group) {
    return known === undefined
      ? problem('group_missing', 'Okta has no group of this name')
      : problem('group_changed', `the group ${known} has lost this name, or was deleted. ${BY_ID}`);
  }
  return known === undefined || known === group.id
    ? { ok: true, id: group.id }
    : problem('group_changed', `the name now means ${group.id} instead of ${known}. ${BY_ID}`);
}
