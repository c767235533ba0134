/** Finds a user among the members of a group. */

import { z } from 'zod';
import { sameId } from './inputs.ts';
import type { BearerHandle } from '../transport/bearer.ts';

const MAX_PAGES = 500;

const page = z.object({
  value: z.array(z.object({ id: z.string() })),
  '@odata.nextLink': z.string().max(8_000).optional(),
});

interface Membership {
  groupId: string;
  userId: string;
}

/**
 * Reads the pages of a group's members up to the one with the user; the last page read is the
 * response.
 */
export async function readMemberPages(
  { send }: BearerHandle,
  { origin, groupId, userId }: Membership & { origin: string },
): Promise<void> {
  const path = `/v1.0/groups/${groupId}/members`;
  let next: string | null = `${path}?$select=id&$top=999`;
  for (let pages = 0; next !== null && pages < MAX_PAGES; pages += 1) {
    const response = await send({ method: 'GET', path: next });
    if (response.status !== 200) return;
    const { value, '@odata.nextLink': link } = page.parse(JSON.parse(response.text));
    if (value.some(({ id }) => sameId(id, userId))) return;
    next = link === undefined ? null : nextPath(link, { origin, path, current: next });
  }
}

/**
 * The path of the next page of the same list at the same origin. Throws if the link leads to
 * another address, or to the current page.
 */
function nextPath(
  link: string,
  { origin, path, current }: { origin: string; path: string; current: string },
): string {
  const url = new URL(link);
  const next = url.pathname + url.search;
  const isNext = url.origin === origin && url.pathname === path && next !== current;
  if (!isNext) throw new TypeError('the next link does not lead to another page of the list');
  return next;
}

/**
 * Whether the user is on the last page read. Throws if that page neither contains the user nor is
 * the last one of the list.
 */
export function readMembership(json: unknown, userId: string): { member: boolean } {
  const { value, '@odata.nextLink': link } = page.parse(json);
  const member = value.some(({ id }) => sameId(id, userId));
  // The rest was not read: the link was refused, or there were too many pages.
  if (!member && link !== undefined)
    throw new TypeError('the list of members was not read to its end');
  return { member };
}
