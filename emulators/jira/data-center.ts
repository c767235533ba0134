/** The REST API v2 of Jira Data Center, derived from the routes of Cloud. */

import { isObject, objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { deadLink, jiraError } from './errors.ts';
import type { Indexed } from './jql.ts';
import { runJql } from './jql.ts';
import { JqlError, parseJql } from './jql-parser.ts';
import { renderIssue } from './render.ts';
import type { JiraSite } from './site.ts';

const V3 = '/rest/api/3/';
const V2 = '/rest/api/2/';
/** A JQL search with page tokens, which only Cloud has. */
const ONLY_CLOUD = `${V3}search/jql`;

/** Serves the routes of Cloud only in that edition. */
export const cloudRoutes = (site: JiraSite, routes: readonly Route[]): Route[] =>
  routes.map((route) => inEdition(site, 'cloud', route));

/** The same routes below /rest/api/2, in the forms of Data Center, and its search. */
export function dataCenterRoutes(site: JiraSite, routes: readonly Route[]): Route[] {
  const same = routes.filter(({ path }) => path.startsWith(V3) && path !== ONLY_CLOUD);
  const search = { path: `${V2}search`, operation: 'issues:read' };
  const own: Route[] = [
    { ...search, method: 'GET', handle: (request) => find(site, request, fromQuery(request)) },
    {
      ...search,
      method: 'POST',
      handle: (request) => find(site, request, fromBody(objectBody(request))),
    },
  ];
  return [...same.map((route) => ({ ...route, path: route.path.replace(V3, V2) })), ...own].map(
    (route) => inEdition(site, 'data_center', withForms(route)),
  );
}

/** A route that the other edition does not have; both tell which edition they are. */
function inEdition(site: JiraSite, edition: 'cloud' | 'data_center', route: Route): Route {
  if (!route.path.startsWith('/rest/')) return route;
  return {
    ...route,
    handle: (request) =>
      (site.settings.edition ?? 'cloud') === edition ? route.handle(request) : deadLink(),
  };
}

/** Changes the answer of a route to the forms of Data Center. */
function withForms(route: Route): Route {
  const isMetadata = route.path.includes('/createmeta/');
  return {
    ...route,
    handle: (request) => {
      const answer = route.handle(request);
      if (answer.body === undefined) return answer;
      const body = toDataCenter(answer.body);
      return { ...answer, body: isMetadata && isObject(body) ? toValues(body) : body };
    },
  };
}

/** Addresses of v2, and people by name and key instead of their account id. */
function toDataCenter(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(V3, V2);
  if (Array.isArray(value)) return value.map(toDataCenter);
  if (!isObject(value)) return value;
  const { accountId, accountType: _type, ...rest } = value;
  const user = typeof accountId === 'string' ? userNames(accountId) : {};
  return {
    ...user,
    ...Object.fromEntries(Object.entries(rest).map(([name, part]) => [name, toDataCenter(part)])),
  };
}

const userNames = (accountId: string): Json => ({
  name: `user-${accountId.slice(-4)}`,
  key: `JIRAUSER${parseInt(accountId.slice(-4), 16)}`,
});

/** Data Center calls the rows of a page of metadata `values`. */
function toValues({ issueTypes, fields, ...page }: Json): Json {
  const values = issueTypes ?? fields;
  if (!Array.isArray(values)) return page;
  const isLast = Number(page.startAt) + values.length >= Number(page.total);
  return { ...page, isLast, values };
}

interface Wanted {
  jql: string;
  startAt: number;
  maxResults: number;
  fields: readonly string[];
}

const fromQuery = ({ query }: EmulatedRequest): Wanted => ({
  jql: query.get('jql') ?? '',
  startAt: Number(query.get('startAt') ?? 0),
  maxResults: Number(query.get('maxResults') ?? 50),
  fields: (query.get('fields') ?? '*navigable').split(','),
});

const fromBody = (body: Json): Wanted => ({
  jql: typeof body.jql === 'string' ? body.jql : '',
  startAt: typeof body.startAt === 'number' ? body.startAt : 0,
  maxResults: typeof body.maxResults === 'number' ? body.maxResults : 50,
  fields: Array.isArray(body.fields) ? body.fields.map(String) : ['*navigable'],
});

/** The search of Data Center: by offset, with a total, and without a limit to the query. */
function find(site: JiraSite, request: EmulatedRequest, wanted: Wanted): Answer {
  const { jql, startAt, fields } = wanted;
  const unknown = Object.keys(objectBody(request)).filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0)
    return jiraError(400, [`Unrecognized field "${unknown[0]}" (class SearchRequestBean)`]);
  try {
    const found = runJql(site, parseJql(jql), new Set());
    const maxResults = Math.min(Math.max(0, wanted.maxResults), 1000);
    const shown = found.slice(startAt, startAt + maxResults);
    const issues = shown.map((one) => render({ site, origin: request.origin }, one, fields));
    const page = { expand: 'schema,names', startAt, maxResults, total: found.length, issues };
    return { status: 200, body: page };
  } catch (error) {
    if (error instanceof JqlError) return jiraError(400, [error.message]);
    throw error;
  }
}

const KNOWN = ['jql', 'startAt', 'maxResults', 'fields', 'validateQuery', 'expand', 'properties'];

const render = (
  frame: { site: JiraSite; origin: string },
  one: Indexed,
  fields: readonly string[],
): Json => renderIssue(frame, one, fields);
