import { z } from 'zod';
import { sameId } from './inputs.ts';
import type { BearerHandle } from '../transport/bearer.ts';

const MOST_PAGES = 500;

const page = z.object({
  value: z.array(z.object({ id: z.string() })),
  '@odata.nextLink': z.string().max(8_000).optional(),
});

interface Membership {
  groupId: string;
  userId: string;
}

/**
 * Turns the pages of a group's members up to the one with the user; the last page turned to is the
 * answer.
 */
export async function turnMembers(
  { send }: BearerHandle,
  { origin, groupId, userId }: Membership & { origin: string },
): Promise<void> {
  const path = `/v1.0/groups/${groupId}/members`;
  let next: string | null = `${path}?$select=id&$top=999`;
  for (let turned = 0; next !== null && turned < MOST_PAGES; turned += 1) {
    const answer = await send({ method: 'GET', path: next });
    if (answer.status !== 200) return;
    const { value, '@odata.nextLink': link } = page.parse(JSON.parse(answer.text));
    if (value.some(({ id }) => sameId(id, userId))) return;
    next = link === undefined ? null : nextPath(link, { origin, path, asked: next });
  }
}

/**
 * The next page of the same list at the same origin, as a path. Throws where the link leads
 * elsewhere, or nowhere.
 */
function nextPath(
  link: string,
  { origin, path, asked }: { origin: string; path: string; asked: string },
): string {
  const url = new URL(link);
  const next = url.pathname + url.search;
  const leadsOn = url.origin === origin && url.pathname === path && next !== asked;
  if (!leadsOn) throw new TypeError('the next link does not lead on');
  return next;
}

/**
 * Whether the user is on the last page turned to. Throws where that is neither the user's nor the
 * last of the list.
 */
export function readMembership(json: unknown, userId: string): { member: boolean } {
  const { value, '@odata.nextLink': link } = page.parse(json);
  const member = value.some(({ id }) => sameId(id, userId));
  // Nobody has looked at the rest: the link led elsewhere, or there were too many pages.
  if (!member && link !== undefined)
    throw new TypeError('the list of members was not read to its end');
  return { member };
}
