import type { Answer, EmulatedRequest } from '../types.ts';
import { oktaError } from './errors.ts';

interface Listing<Row> {
  /** All rows by position; deleted rows leave gaps. */
  all: { readonly length: number; at(place: number): Row | undefined };
  /** Positions of the only rows that can match, in any order; absent if unknown. */
  among?: readonly number[] | undefined;
  wanted: (row: Row) => boolean;
  cursor: (row: Row) => string;
  /** The position after a cursor; null if the cursor is not valid. */
  place: (cursor: string) => number | null;
  render: (row: Row, request: EmulatedRequest) => unknown;
  maxLimit: number;
  /** The last page leads back to the first row, so that the list never ends. */
  endless?: boolean | undefined;
}

// An empty page needs its own cursor, or a client would take it for a loop.
const DETOUR = /^e\d+\./;
let detours = 0;

/**
 * Answers a list request: rows after the cursor, and Link headers `self` and `next` with absolute
 * URLs.
 */
export function answerPage<Row>(request: EmulatedRequest, listing: Listing<Row>): Answer {
  const limit = limitOf(request, listing.maxLimit);
  if (limit === null) return oktaError('E0000001', 'limit', ['limit: must be a positive number']);
  const cursor = (request.query.get('after') ?? '').replace(DETOUR, '');
  const after = cursor === '' ? -1 : listing.place(cursor);
  if (after === null) return oktaError('E0000031', '', ['after: invalid cursor']);
  const { rows, more } = collect(listing, after, limit);
  const last = rows.at(-1);
  const first = listing.endless ? collect(listing, -1, 1).rows[0] : undefined;
  const leadsTo = more ? last : first;
  const next = leadsTo === undefined ? null : listing.cursor(leadsTo);
  return {
    status: 200,
    headers: { link: links(request, next) },
    body: rows.map((row) => listing.render(row, request)),
  };
}

/** An empty page that links to the requested page. */
export function detour(request: EmulatedRequest): Answer {
  detours += 1;
  const cursor = (request.query.get('after') ?? '').replace(DETOUR, '');
  return { status: 200, headers: { link: links(request, `e${detours}.${cursor}`) }, body: [] };
}

/** Link headers with `self` and, if there is a cursor, `next`. */
export function links(request: EmulatedRequest, next: string | null): string[] {
  const self = `<${request.origin}${request.path}${request.rawQuery ? `?${request.rawQuery}` : ''}>; rel="self"`;
  if (next === null) return [self];
  const query = new URLSearchParams(request.query);
  query.set('after', next);
  return [self, `<${request.origin}${request.path}?${query.toString()}>; rel="next"`];
}

/** Address of the next page in an answer's Link headers; null on the last page. */
export function nextOf({ headers }: Answer): string | null {
  const next = [headers?.link ?? []].flat().find((link) => link.endsWith('rel="next"'));
  return next === undefined ? null : next.slice(1, next.indexOf('>'));
}

function limitOf(request: EmulatedRequest, max: number): number | null {
  const text = request.query.get('limit');
  if (text === null || text === '') return max;
  const limit = Number(text);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, max) : null;
}

function collect<Row>(
  listing: Listing<Row>,
  after: number,
  limit: number,
): { rows: Row[]; more: boolean } {
  const { all, wanted } = listing;
  const rows: Row[] = [];
  for (const place of placesBehind(listing, after)) {
    const row = all.at(place);
    if (row === undefined || !wanted(row)) continue;
    if (rows.length === limit) return { rows, more: true };
    rows.push(row);
  }
  return { rows, more: false };
}

function* placesBehind<Row>({ all, among }: Listing<Row>, after: number): Generator<number> {
  if (!among) for (let place = after + 1; place < all.length; place += 1) yield place;
  else yield* among.filter((place) => place > after).sort((one, other) => one - other);
}
