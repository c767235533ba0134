/** Where a listing stands: the address the page came from, and the cursor it was asked with. */
export interface Listing {
  origin: string;
  path: string;
  after: string | null;
}

/**
 * The `after` cursor of the page that follows, null at the end. Throws where the next link leads to
 * another origin or path, names no cursor or the one just used, or where there are several that
 * differ.
 */
export function nextCursor(headers: Pick<Headers, 'get'>, listing: Listing): string | null {
  const cursors = new Set(
    nextLinks(headers.get('link') ?? '').map((link) => nextCursorIn(link, listing)),
  );
  if (cursors.size > 1) throw new TypeError('several next links that differ');
  const [cursor = null] = cursors;
  return cursor;
}

/** The `after` cursor of one next link; throws as above. */
export function nextCursorIn(link: string, listing: Listing): string {
  const url = new URL(link, listing.origin);
  const cursor = url.searchParams.get('after');
  const leadsOn = url.origin === listing.origin && url.pathname === listing.path;
  if (!leadsOn || !cursor || cursor === listing.after)
    throw new TypeError('the next link does not lead on');
  return cursor;
}

// Several Link headers arrive joined by commas; parameters may be quoted and hold commas
// themselves.
function nextLinks(header: string): string[] {
  const links = header.matchAll(
    /<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)/g,
  );
  return [...links]
    .filter(([, , parameters = '']) => isNext(parameters))
    .map(([, target = '']) => target);
}

const isNext = (parameters: string): boolean => {
  const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(parameters);
  return (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes('next');
};
