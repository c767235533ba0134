/** After this long, the activity returns what it has listed; the next activity continues. */
const LONG_MS = 20_000;

/**
 * A page that was read: the cursor of the next page, and a function that stores the page and returns
 * how many items it is the first to list.
 */
export interface FoundPage {
  next: string | null;
  storePage: () => Promise<number>;
}

/**
 * Reads and stores pages from `page` on, at most `most` and not for long. Each page is read while
 * the previous one is stored. Returns their sizes and whether there are more pages.
 */
export async function listPages(
  { page: first, after, most }: { page: number; after: string | null; most: number },
  read: (at: { page: number; after: string | null }) => Promise<FoundPage>,
): Promise<{ sizes: number[]; more: boolean }> {
  const startedAt = performance.now();
  let found: FoundPage | null = await read({ page: first, after });
  const sizes: number[] = [];
  let next: string | null = null;
  while (found) {
    ({ next } = found);
    const page = first + sizes.length + 1;
    const goesOn: boolean =
      next !== null && sizes.length + 1 < most && performance.now() - startedAt < LONG_MS;
    // If a page cannot be read, the next activity begins with it and has its full number of tries.
    const following: Promise<FoundPage | null> | null = goesOn
      ? read({ page, after: next }).catch(() => null)
      : null;
    sizes.push(await found.storePage());
    found = await following;
  }
  return { sizes, more: next !== null };
}
