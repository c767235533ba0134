/** The forms of the operation `issues:read`. */

import type { JsonObject } from '../../audit/types.ts';
import type { Route } from '../pipeline/operation.ts';
import type { JiraOperations } from '../types.ts';
import type { JiraHandle } from './client.ts';

type ReadInput = JiraOperations['issues:read']['input'];
type Form<By extends ReadInput['by']> = Extract<ReadInput, { by: By }>;
type ReadForms = {
  readonly [By in ReadInput['by']]: {
    route(input: Form<By>): Route;
    send(handle: JiraHandle, input: Form<By>): Promise<unknown>;
    redact(input: Form<By>): JsonObject;
  };
};

const FIELDS = ['labels', 'status', 'created'];
const PAGE_SIZE = 50;
/** Entries of metadata per page. */
const FIELDS_PER_PAGE = 200;

/**
 * The forms of `issues:read`. JQL is sent in a body, because it may be too long for a URL.
 */
export const READS: ReadForms = {
  key: {
    route: ({ key }) => ({ method: 'GET', path: '/rest/api/3/issue/{key}', params: { key } }),
    send: async ({ api, client }, { key, comments }) =>
      api.getIssue(client, {
        issueIdOrKey: encodeURIComponent(key),
        fields: comments ? [...FIELDS, 'comment'] : FIELDS,
      }),
    redact: ({ key, comments }) => ({ by: 'key', key, comments: comments ?? false }),
  },
  jql: {
    route: () => ({ method: 'POST', path: '/rest/api/3/search/jql', params: {} }),
    send: async ({ client, edition }, { jql, next = null, limit = PAGE_SIZE }) =>
      client.sendRequest({
        url: '/rest/api/3/search/jql',
        method: 'POST',
        body: edition.searchBody({ jql, fields: FIELDS, limit, next }),
      }),
    redact: ({ jql, next, limit }) => ({
      by: 'jql',
      characters: jql.length,
      limit: limit ?? PAGE_SIZE,
      continued: Boolean(next),
    }),
  },
  transitions: {
    route: ({ key }) => ({
      method: 'GET',
      path: '/rest/api/3/issue/{key}/transitions',
      params: { key },
    }),
    send: async ({ api, client }, { key }) =>
      api.getTransitions(client, {
        issueIdOrKey: encodeURIComponent(key),
        expand: 'transitions.fields',
      }),
    redact: ({ key }) => ({ by: 'transitions', key }),
  },
  issue_types: {
    route: ({ project }) => ({
      method: 'GET',
      path: '/rest/api/3/issue/createmeta/{project}/issuetypes',
      params: { project },
    }),
    send: async ({ api, client }, { project, next }) =>
      api.getCreateIssueMetaIssueTypes(client, {
        projectIdOrKey: encodeURIComponent(project),
        startAt: Number(next ?? 0),
        maxResults: FIELDS_PER_PAGE,
      }),
    redact: ({ project }) => ({ by: 'issue_types', project }),
  },
  create_fields: {
    route: ({ project, issueType }) => ({
      method: 'GET',
      path: '/rest/api/3/issue/createmeta/{project}/issuetypes/{issueType}',
      params: { project, issueType },
    }),
    send: async ({ api, client }, { project, issueType, next }) =>
      api.getCreateIssueMetaIssueTypeId(client, {
        projectIdOrKey: encodeURIComponent(project),
        issueTypeId: encodeURIComponent(issueType),
        startAt: Number(next ?? 0),
        maxResults: FIELDS_PER_PAGE,
      }),
    redact: ({ project, issueType }) => ({ by: 'create_fields', project, issueType }),
  },
  edit_fields: {
    route: ({ key }) => ({
      method: 'GET',
      path: '/rest/api/3/issue/{key}/editmeta',
      params: { key },
    }),
    send: async ({ api, client }, { key }) =>
      api.getEditIssueMeta(client, { issueIdOrKey: encodeURIComponent(key) }),
    redact: ({ key }) => ({ by: 'edit_fields', key }),
  },
};
