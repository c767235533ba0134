import { objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { jiraError } from './errors.ts';
import { JqlError, parseJql } from './jql-parser.ts';
import type { SavedFilter } from './model.ts';
import { renderAccount } from './render.ts';
import type { JiraSite } from './site.ts';
import { ROBOT } from './site.ts';

/** Saved filters. */
export function filterRoutes(site: JiraSite): Route[] {
  return [
    {
      method: 'POST',
      path: '/rest/api/3/filter',
      operation: 'filters:create',
      write: true,
      handle: (request) => create(site, request),
    },
    {
      method: 'GET',
      path: '/rest/api/3/filter/search',
      operation: 'filters:read',
      handle: (request) => search(site, request),
    },
    {
      method: 'GET',
      path: '/rest/api/3/filter/:id',
      operation: 'filters:read',
      handle: (request) => read(site, request),
    },
  ];
}

function create(site: JiraSite, request: EmulatedRequest): Answer {
  const { name, jql, description } = objectBody(request);
  if (typeof name !== 'string' || name === '')
    return jiraError(400, [], { filterName: 'The filter must have a name.' });
  if (site.filters.some((filter) => filter.name === name)) {
    return jiraError(400, [], { filterName: 'Filter with same name already exists.' });
  }
  const problem = jqlProblem(String(jql ?? ''));
  if (problem !== null) return jiraError(400, [problem]);
  const filter = {
    id: site.nextId(),
    name,
    jql: String(jql ?? ''),
    description: String(description ?? ''),
  };
  site.filters.push(filter);
  return {
    status: 200,
    body: render(filter, request),
    effect: { filter: filter.id, jql: filter.jql },
  };
}

function jqlProblem(jql: string): string | null {
  try {
    parseJql(jql);
    return null;
  } catch (error) {
    if (error instanceof JqlError) return error.message;
    throw error;
  }
}

function search(site: JiraSite, request: EmulatedRequest): Answer {
  const name = (request.query.get('filterName') ?? '').toLowerCase();
  const found = site.filters
    .filter((filter) => filter.name.toLowerCase().includes(name))
    .map((filter) => render(filter, request));
  // A single filter has a page of subscriptions, a list has a plain array.
  const values = found.map((filter) => ({ ...filter, subscriptions: [] }));
  const self = `${request.origin}${request.path}`;
  return {
    status: 200,
    body: { self, startAt: 0, maxResults: 50, total: values.length, isLast: true, values },
  };
}

function read(site: JiraSite, request: EmulatedRequest): Answer {
  const filter = site.filters.find(({ id }) => id === request.params.id);
  const missing =
    'The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.';
  return filter ? { status: 200, body: render(filter, request) } : jiraError(400, [missing]);
}

function render(filter: SavedFilter, { origin }: EmulatedRequest): Json {
  const url = encodeURIComponent(filter.jql);
  return {
    self: `${origin}/rest/api/3/filter/${filter.id}`,
    ...filter,
    owner: renderAccount(origin, ROBOT),
    viewUrl: `${origin}/issues/?filter=${filter.id}`,
    searchUrl: `${origin}/rest/api/3/search?jql=${url}`,
    favourite: false,
    favouritedCount: 0,
    sharePermissions: [],
    editPermissions: [],
    subscriptions: { size: 0, items: [], 'max-results': 1000, 'start-index': 0, 'end-index': 0 },
  };
}
