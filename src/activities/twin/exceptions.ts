/** Collects what a sync could not read. */

import type { SyncWorkRepository } from '../../store/twin-sync-types.ts';
import type { Store } from '../../store/types.ts';
import type { ExceptionKind, StreamException, StreamName } from '../../twin/types.ts';
import { MOST_EXCEPTIONS } from './streams.ts';

const OKTA_ID = /^[A-Za-z0-9]{20}$/;

type UnreadRow = Awaited<ReturnType<SyncWorkRepository['unreadable']>>[number];

/** The items that were refused or skipped, and the rows and entries that could not be read. */
export async function exceptionsIn(
  work: SyncWorkRepository,
  run: string,
): Promise<StreamException[]> {
  const [items, rows] = [await work.exceptions(run, MOST_EXCEPTIONS), await work.unreadable(run)];
  return [
    ...items.map(({ work: what, id, code = null, status = null }) => ({ what, id, code, status })),
    ...rows.flatMap(rowException),
  ];
}

const KINDS: Readonly<Record<string, ExceptionKind>> = {
  users: 'users_row',
  groups: 'groups_row',
  apps: 'apps_row',
  assignees: 'assignees_row',
  logs: 'entry',
};

// The id of a row may be of any form, so only an id of Okta's form is repeated.
function rowException({ list, page, place, id }: UnreadRow): StreamException[] {
  const malformed = { code: 'malformed', status: null };
  const [kind, group] = list.split(':', 2);
  if (kind === 'members' && group !== undefined) return [{ what: kind, id: group, ...malformed }];
  const what = KINDS[list];
  if (what === undefined) return [];
  const at = `${what === 'entry' ? 'entry' : 'row'} ${place} of page ${page + 1}`;
  const named = id !== null && (what === 'entry' || OKTA_ID.test(id));
  return [{ what, id: named ? id : at, ...malformed }];
}

/** The lists whose missing rows each stream would count as gone. */
const PROVED_BY: Readonly<Record<string, StreamName>> = {
  users: 'users',
  groups: 'users',
  apps: 'apps',
  assignees: 'roles',
};

/**
 * The streams in which nothing counts as gone, because a row of their lists has no id and could be
 * that of anything that seems to be missing.
 */
export async function findUnprovedStreams(
  { twin }: Pick<Store, 'twin'>,
  run: string,
): Promise<ReadonlySet<StreamName>> {
  const rows = await twin.work.unreadable(run);
  return new Set(rows.flatMap(({ list, id }) => (id === null ? (PROVED_BY[list] ?? []) : [])));
}
