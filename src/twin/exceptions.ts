/** Describes what could not be read of a stream, and what follows from it. */

import type { ExceptionKind, StreamException, StreamState, TwinGroup } from './types.ts';

/** What each kind of exception is called, for one and for several. */
const WORDS: Readonly<Record<ExceptionKind, readonly [one: string, many: string]>> = {
  factors: ['factors of 1 user', 'factors of # users'],
  members: ['members of 1 group', 'members of # groups'],
  group_roles: ['roles of 1 group', 'roles of # groups'],
  user_roles: ['roles of 1 user', 'roles of # users'],
  app_users: ['users of 1 app', 'users of # apps'],
  app_groups: ['groups of 1 app', 'groups of # apps'],
  users_row: ['1 row of the list of users', '# rows of the list of users'],
  groups_row: ['1 row of the list of groups', '# rows of the list of groups'],
  apps_row: ['1 row of the list of apps', '# rows of the list of apps'],
  assignees_row: ['1 row of the list of administrators', '# rows of the list of administrators'],
  entry: ['1 entry', '# entries'],
};

const MOST_NAMED = 10;

/** What was not read because the configuration says so. */
const SKIPPED = 'skipped';

/** The exceptions by kind: `members of 2 groups unreadable, members of 1 group skipped`. */
export function exceptionWords(exceptions: readonly StreamException[]): string {
  return [...byKind(exceptions).values()].map(wordsOf).join(', ');
}

/** The same with ids, codes and HTTP statuses. */
export function exceptionsText(exceptions: readonly StreamException[]): string {
  const texts = [...byKind(exceptions).values()].map((group) => {
    const named = group.slice(0, MOST_NAMED).map(nameOf);
    const more = group.length - named.length;
    return `${wordsOf(group)}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  });
  return texts.join('; ');
}

const byKind = (exceptions: readonly StreamException[]): Map<string, StreamException[]> =>
  Map.groupBy(exceptions, ({ what, code }) => `${what} ${code === SKIPPED}`);

function wordsOf(group: readonly StreamException[]): string {
  const [first] = group;
  if (!first) return '';
  const [one, many] = WORDS[first.what];
  const words = group.length === 1 ? one : many.replace('#', String(group.length));
  return `${words} ${first.code === SKIPPED ? 'skipped' : 'unreadable'}`;
}

function nameOf({ what, id, code, status }: StreamException): string {
  if (what === 'entry' || code === SKIPPED || code === null) return id;
  return status === null ? `${id} (${code})` : `${id} (${code}, HTTP status ${status})`;
}

/** What could not be read, as far as it decides who is privileged. */
export interface Unread {
  /** Users whose own roles could not be read. */
  users: ReadonlySet<string>;
  /** Groups whose roles could not be read. */
  groups: ReadonlySet<string>;
  /** Whether any user may be privileged, or a super administrator, through something unread. */
  anyone: { privileged: boolean; superAdmin: boolean };
  /** The exceptions that decide who is privileged. */
  exceptions: readonly StreamException[];
}

/** All exceptions of the streams; what several streams need is there once. */
export const exceptionsOf = (streams: readonly StreamState[]): StreamException[] => [
  ...new Map(
    streams
      .flatMap(({ exceptions = [] }) => exceptions)
      .map((one) => [`${one.what} ${one.id}`, one] as const),
  ).values(),
];

/** What is not known about privileges because of exceptions. */
export function unreadOf(
  exceptions: readonly StreamException[],
  groups: readonly TwinGroup[],
  privilegedGroups: ReadonlySet<string>,
): Unread {
  const idsOf = (kind: ExceptionKind): Set<string> =>
    new Set(exceptions.flatMap(({ what, id }) => (what === kind ? [id] : [])));
  const unreadGroups = idsOf('group_roles');
  const rolesOf = new Map(groups.map(({ id, roles = null }) => [id, roles] as const));
  const grantsOf = (id: string): readonly string[] | null =>
    unreadGroups.has(id) ? null : (rolesOf.get(id) ?? null);
  const mattering = exceptions.filter(({ what, id }) => {
    if (what !== 'members') return PRIVILEGE_KINDS.includes(what);
    return privilegedGroups.has(id) || grantsOf(id)?.length !== 0;
  });
  const anyone = { privileged: false, superAdmin: false };
  for (const { what, id } of mattering) {
    const grants = what === 'members' ? grantsOf(id) : null;
    const concerns = what === 'members' || what === 'groups_row' || isAnonymous(what, id);
    anyone.privileged ||= concerns;
    anyone.superAdmin ||= concerns && (grants === null || grants.includes('SUPER_ADMIN'));
  }
  const users = new Set([...idsOf('user_roles'), ...idsOf('assignees_row')]);
  return { users, groups: unreadGroups, anyone, exceptions: mattering };
}

const PRIVILEGE_KINDS: readonly ExceptionKind[] = [
  'group_roles',
  'user_roles',
  'groups_row',
  'assignees_row',
];

/** An administrator whose row has no usable id may be anyone. */
const isAnonymous = (what: ExceptionKind, id: string): boolean =>
  what === 'assignees_row' && id.includes(' ');
