import type { Answer, EmulatedRequest, Json } from '../types.ts';
import { graphError } from './errors.ts';

const USUAL_PAGE = 100;
const LARGEST_PAGE = 999;
// An empty page needs its own token, or a client would take it for a loop.
let detours = 0;

/** The rows of a listing, and their format. */
interface Listing<Row> {
  context: string;
  rows: readonly Row[];
  render: (row: Row) => Json;
}

/** A page of rows: `$top`, and `@odata.nextLink` with `$skiptoken` if there are more. */
export function page<Row>(
  request: EmulatedRequest,
  { context, rows, render }: Listing<Row>,
): Answer {
  const top = Number(request.query.get('$top') ?? USUAL_PAGE);
  if (!Number.isInteger(top) || top < 1 || top > LARGEST_PAGE) {
    return graphError(
      'Request_BadRequest',
      `Invalid page size specified: '${top}'. Must be between 1 and 999 inclusive.`,
    );
  }
  const from = placeOf(request.query.get('$skiptoken'));
  if (from === null) return graphError('Directory_ExpiredPageToken');
  const until = from + top;
  const next =
    until < rows.length ? { '@odata.nextLink': nextLink(request, skipToken(until)) } : {};
  const value = rows.slice(from, until).map(render);
  return { status: 200, body: { '@odata.context': contextOf(request, context), ...next, value } };
}

/** An empty page that links to the requested page. */
export function detour(request: EmulatedRequest): Answer {
  detours += 1;
  const place = placeOf(request.query.get('$skiptoken')) ?? 0;
  const token = skipToken(place, detours);
  return { status: 200, body: { '@odata.nextLink': nextLink(request, token), value: [] } };
}

/** The address of the metadata that an answer refers to. */
export function contextOf({ origin }: EmulatedRequest, what: string): string {
  return `${origin}/v1.0/$metadata#${what}`;
}

function nextLink({ origin, path, query }: EmulatedRequest, token: string): string {
  const rest = [...query].filter(([name]) => name !== '$skiptoken');
  const parts = [...rest, ['$skiptoken', token]].map(
    ([name, value = '']) => `${name}=${encodeURIComponent(value)}`,
  );
  return `${origin}${path}?${parts.join('&')}`;
}

const skipToken = (place: number, detoured = 0): string =>
  `RFNwdAIAAQ${Buffer.from(`${place}.${detoured}`).toString('base64url')}`;

function placeOf(token: string | null): number | null {
  if (token === null) return 0;
  const match = /^(\d+)\.\d+$/.exec(
    Buffer.from(token.replace(/^RFNwdAIAAQ/, ''), 'base64url').toString('utf8'),
  );
  return match ? Number(match[1]) : null;
}
