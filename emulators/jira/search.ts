import { objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { jiraError } from './errors.ts';
import type { Indexed } from './jql.ts';
import { runJql } from './jql.ts';
import { JqlError, parseJql } from './jql-parser.ts';
import { renderIssue } from './render.ts';
import type { JiraSite } from './site.ts';

interface Wanted {
  jql: string;
  maxResults: number;
  fields: readonly string[];
  pageToken: string | null;
  /** Ids that are read without the delay of the index. */
  fresh: ReadonlySet<string>;
}

/** The search of Jira Cloud: with page tokens, without a total, on an index with a delay. */
export function searchRoutes(site: JiraSite): Route[] {
  const route = { path: '/rest/api/3/search/jql', operation: 'issues:read' };
  return [
    { ...route, method: 'GET', handle: (request) => search(site, request, fromQuery(request)) },
    {
      ...route,
      method: 'POST',
      handle: (request) => search(site, request, fromBody(objectBody(request))),
    },
  ];
}

function fromQuery({ query }: EmulatedRequest): Wanted {
  return {
    jql: query.get('jql') ?? '',
    maxResults: Number(query.get('maxResults') ?? 50),
    fields: (query.get('fields') ?? 'id').split(','),
    pageToken: query.get('nextPageToken'),
    fresh: new Set(query.getAll('reconcileIssues').flatMap((ids) => ids.split(','))),
  };
}

function fromBody(body: Json): Wanted {
  return {
    jql: typeof body.jql === 'string' ? body.jql : '',
    maxResults: typeof body.maxResults === 'number' ? body.maxResults : 50,
    fields: Array.isArray(body.fields) ? body.fields.map(String) : ['id'],
    pageToken: typeof body.nextPageToken === 'string' ? body.nextPageToken : null,
    fresh: new Set(Array.isArray(body.reconcileIssues) ? body.reconcileIssues.map(String) : []),
  };
}

function search(site: JiraSite, request: EmulatedRequest, wanted: Wanted): Answer {
  if (site.settings.anonymous) return { status: 200, body: { issues: [], isLast: true } };
  const offset = wanted.pageToken === null ? 0 : offsetOf(wanted.pageToken);
  if (offset === null) return invalidPageToken();
  try {
    const found = runJql(site, parseJql(wanted.jql), wanted.fresh);
    return page({ site, origin: request.origin }, found, { ...wanted, offset });
  } catch (error) {
    if (error instanceof JqlError) return jiraError(400, [error.message]);
    throw error;
  }
}

function page(
  frame: { site: JiraSite; origin: string },
  found: Indexed[],
  wanted: Wanted & { offset: number },
): Answer {
  const { repeatPageToken, repeatRows } = frame.site.settings;
  const limit = Math.min(Math.max(1, wanted.maxResults), 100);
  const end = wanted.offset + limit;
  const from = repeatRows ? Math.max(0, wanted.offset - 1) : wanted.offset;
  const shown = found.slice(from, end);
  const last = end >= found.length && !repeatPageToken;
  const issues = shown.map((one) => renderResult(frame, one, wanted.fields));
  const nextPageToken = pageToken(repeatPageToken ? 0 : end);
  return { status: 200, body: { issues, ...(last ? {} : { nextPageToken }), isLast: last } };
}

// Without requested fields, Jira returns only ids.
function renderResult(
  frame: { site: JiraSite; origin: string },
  one: Indexed,
  fields: readonly string[],
): Json {
  return fields.every((name) => name === 'id')
    ? { id: one.issue.id }
    : renderIssue(frame, one, fields);
}

let detours = 0;

/** An empty page whose token leads to the requested page. */
export function emptySearchPage(request: EmulatedRequest): Answer {
  const wanted = request.method === 'GET' ? fromQuery(request) : fromBody(objectBody(request));
  detours += 1;
  const nextPageToken = pageToken(
    wanted.pageToken === null ? 0 : (offsetOf(wanted.pageToken) ?? 0),
    detours,
  );
  return { status: 200, body: { issues: [], nextPageToken, isLast: false } };
}

/** The answer for an unknown or expired page token. */
export function invalidPageToken(): Answer {
  return jiraError(400, ['The provided next page token is expired or invalid.']);
}

function pageToken(offset: number, salt = 0): string {
  return Buffer.from(`page:${offset}:${salt}`).toString('base64url');
}

function offsetOf(token: string): number | null {
  const match = /^page:(\d+):\d+$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  return match ? Number(match[1]) : null;
}
