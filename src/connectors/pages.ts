import { EndlessListError } from './errors.ts';
import type { ConnectorName } from '../governance/types.ts';

/** More pages than any list has: at 200 items a page, 20 million items. */
export const MOST_PAGES = 100_000;

/** A page of a list: the token of the next page, or null at the end. */
interface Page {
  next: string | null;
}

/** The list that is read, for the error. */
interface ReadList {
  connector: ConnectorName;
  operation: string;
}

/**
 * Reads the pages of a list to its end. A list whose page tokens repeat, or that has too many pages,
 * would never end: it throws EndlessListError. Throws as `read` does.
 */
export async function* readPages<Found extends Page>(
  list: ReadList,
  read: (after: string | null) => Promise<Found>,
): AsyncGenerator<Found> {
  const seen = new Set<string>();
  for (let after: string | null = null; ;) {
    const page: Found = await read(after);
    yield page;
    if (page.next === null) return;
    if (seen.has(page.next) || seen.size >= MOST_PAGES) throw new EndlessListError(list);
    seen.add(page.next);
    after = page.next;
  }
}

/** All items of a list, over all its pages. Throws as `readPages` does. */
export async function readItems<Item>(
  list: ReadList,
  read: (after: string | null) => Promise<Page & { items: readonly Item[] }>,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of readPages(list, read)) items.push(...page.items);
  return items;
}
