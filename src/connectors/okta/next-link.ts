/** The page that was read: its origin and path, and the cursor of the request. */
interface Listing {
  origin: string;
  path: string;
  after: string | null;
}

/**
 * The `after` cursor of the next page; null at the end. Throws if the next link leads to another
 * origin or path, has no cursor or the current one, or if several next links differ.
 */
export function nextCursor(headers: Pick<Headers, 'get'>, listing: Listing): string | null {
  const cursors = new Set(
    nextLinks(headers.get('link') ?? '').map((link) => nextCursorIn(link, listing)),
  );
  if (cursors.size > 1) throw new TypeError('several next links that differ');
  const [cursor = null] = cursors;
  return cursor;
}

/** The `after` cursor of one next link. Throws as `nextCursor` does. */
export function nextCursorIn(link: string, listing: Listing): string {
  const url = new URL(link, listing.origin);
  const cursor = url.searchParams.get('after');
  const isNext = url.origin === listing.origin && url.pathname === listing.path;
  if (!isNext || !cursor || cursor === listing.after)
    throw new TypeError('the next link does not lead to another page of the list');
  return cursor;
}

// Several Link headers are joined by commas; parameters may be quoted and contain commas
// themselves.
function nextLinks(header: string): string[] {
  const links = header.matchAll(
    /<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)/g,
  );
  return [...links]
    .filter(([, , parameters = '']) => hasRelNext(parameters))
    .map(([, target = '']) => target);
}

const hasRelNext = (parameters: string): boolean => {
  const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(parameters);
  return (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes('next');
};
