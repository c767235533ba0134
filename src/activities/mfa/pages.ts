/** After this long what was listed is handed back, and the rest is for the next activity. */
const LONG_MS = 20_000;

/**
 * A page that was read: the cursor of the one behind it, and how many it lists first, known once it
 * is stored.
 */
export interface FoundPage {
  next: string | null;
  storePage: () => Promise<number>;
}

/**
 * Reads and stores pages from `page` on, at most `most` (default 1) and not for long; each is read
 * while the one before it is stored. Tells the sizes and whether there is more; `listed` is the
 * size of the first.
 */
export async function listPages(
  {
    page: first,
    after,
    most = 1,
  }: { page: number; after: string | null; most?: number | undefined },
  read: (at: { page: number; after: string | null }) => Promise<FoundPage>,
): Promise<{ listed: number; more: boolean; sizes: number[] }> {
  const startedAt = performance.now();
  let found: FoundPage | null = await read({ page: first, after });
  const sizes: number[] = [];
  let next: string | null = null;
  while (found) {
    ({ next } = found);
    const page = first + sizes.length + 1;
    const goesOn: boolean =
      next !== null && sizes.length + 1 < most && performance.now() - startedAt < LONG_MS;
    // The next activity begins with the page that could not be read, and has all its tries before
    // it.
    const following: Promise<FoundPage | null> | null = goesOn
      ? read({ page, after: next }).catch(() => null)
      : null;
    sizes.push(await found.storePage());
    found = await following;
  }
  return { listed: sizes[0] ?? 0, more: next !== null, sizes };
}
