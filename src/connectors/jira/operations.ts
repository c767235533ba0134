import { encodeInputs } from './fields.ts';
import {
  commentInput,
  createInput,
  lookupInput,
  noInput,
  permissionsInput,
  projectInput,
  readInput,
  transitionInput,
  updateInput,
} from './inputs.ts';
import {
  parseComment,
  parseCreated,
  parseFoundUser,
  parseMyself,
  parseNothing,
  parsePermissions,
  parseProject,
  parseServer,
  READERS,
} from './projections.ts';
import { READS } from './reads.ts';
import type { OperationRows } from '../pipeline/operation.ts';
import type { JiraOperations } from '../types.ts';
import type { JiraHandle } from './client.ts';
import type { JiraEdition } from './editions.ts';

type Create = JiraOperations['issues:create']['input'];
type Update = JiraOperations['issues:update']['input'];

/** Jira's operations. */
export const JIRA_ROWS: OperationRows<JiraOperations, JiraHandle> = {
  'issues:create': {
    write: true,
    input: createInput,
    route: () => ({ method: 'POST', path: '/rest/api/3/issue', params: {} }),
    send: async ({ api, client, edition }, input) =>
      api.createIssue(client, { fields: createFields(input, edition), update: relation(input) }),
    project: ({ json }) => parseCreated(json),
    redact: ({
      project,
      issueType,
      labels,
      priority,
      dueDate,
      relatesTo,
      description,
      fields,
    }) => ({
      project,
      issueType,
      labels: [...labels],
      priority: priority ?? null,
      dueDate: dueDate ?? null,
      relatesTo: relatesTo ?? null,
      blocks: description?.length ?? 0,
      ...(fields && { fields: Object.keys(fields) }),
    }),
    evidence: ({ id, key }) => ({ id, key }),
  },
  'issues:read': {
    write: false,
    input: readInput,
    route: (input) => READS[input.by].route(input as never),
    send: async (handle, input) => READS[input.by].send(handle, input as never),
    project: ({ json, input }) => READERS[input.by](json),
    redact: (input) => READS[input.by].redact(input as never),
    evidence: ({ issues, next, transitions, issueTypes, fields }) => ({
      issues: issues.length,
      more: next !== null,
      transitions: transitions.length,
      ...(issueTypes.length > 0 && { issueTypes: issueTypes.length }),
      ...(fields.length > 0 && { fields: fields.length }),
    }),
  },
  'issues:update': {
    write: true,
    input: updateInput,
    route: ({ key }) => ({ method: 'PUT', path: '/rest/api/3/issue/{key}', params: { key } }),
    send: async ({ api, client, edition }, input) =>
      api.editIssue(client, {
        issueIdOrKey: encodeURIComponent(input.key),
        fields: editFields(input, edition),
        update: edits(input),
      }),
    project: ({ json, response }) => parseNothing(json, response.text),
    redact: ({ key, description, summary, addLabels, duplicateOf }) => ({
      key,
      description: description !== undefined,
      summary: summary !== undefined,
      addLabels: [...(addLabels ?? [])],
      duplicateOf: duplicateOf ?? null,
    }),
  },
  'issues:comment': {
    write: true,
    input: commentInput,
    route: ({ key }) => ({
      method: 'POST',
      path: '/rest/api/3/issue/{key}/comment',
      params: { key },
    }),
    // The library would read a comment in wiki markup again, by a request that is not approved.
    send: async ({ client, edition }, { key, body }) =>
      client.sendRequest({
        url: `/rest/api/3/issue/${encodeURIComponent(key)}/comment`,
        method: 'POST',
        body: { body: edition.richText(body) },
      }),
    project: ({ json }) => parseComment(json),
    redact: ({ key, body }) => ({ key, blocks: body.length }),
    evidence: ({ id }) => ({ id }),
  },
  'issues:transition': {
    write: true,
    input: transitionInput,
    route: ({ key }) => ({
      method: 'POST',
      path: '/rest/api/3/issue/{key}/transitions',
      params: { key },
    }),
    send: async ({ api, client, edition }, { key, transitionId, resolution, comment, fields }) =>
      api.doTransition(client, {
        issueIdOrKey: encodeURIComponent(key),
        transition: { id: transitionId },
        ...((resolution || fields) && {
          fields: {
            ...encodeInputs(fields ?? {}, edition),
            ...(resolution && { resolution: { name: resolution } }),
          },
        }),
        ...(comment && { update: { comment: [{ add: { body: edition.richText(comment) } }] } }),
      }),
    project: ({ json, response }) => parseNothing(json, response.text),
    redact: ({ key, transitionId, resolution, comment, fields }) => ({
      key,
      transitionId,
      ...(fields && { fields: Object.keys(fields) }),
      ...(resolution && { resolution }),
      ...(comment && { blocks: comment.length }),
    }),
  },
  'projects:read': {
    write: false,
    input: projectInput,
    route: ({ project }) => ({
      method: 'GET',
      path: '/rest/api/3/project/{project}',
      params: { project },
    }),
    send: async ({ api, client }, { project }) =>
      api.getProject(client, { projectIdOrKey: encodeURIComponent(project), expand: 'issueTypes' }),
    project: ({ json }) => parseProject(json),
    redact: ({ project }) => ({ project }),
  },
  'permissions:read': {
    write: false,
    input: permissionsInput,
    route: () => ({ method: 'GET', path: '/rest/api/3/mypermissions', params: {} }),
    send: async ({ api, client }, { project, permissions }) =>
      api.getMyPermissions(client, { projectKey: project, permissions: permissions.join(',') }),
    project: ({ json }) => parsePermissions(json),
    redact: ({ project, permissions }) => ({ project, permissions: [...permissions] }),
    evidence: ({ granted }) => ({ granted }),
  },
  'users:lookup': {
    write: false,
    input: lookupInput,
    route: () => ({ method: 'GET', path: '/rest/api/3/user/search', params: {} }),
    send: async ({ client, edition }, { email }) =>
      client.sendRequest({
        url: '/rest/api/3/user/search',
        method: 'GET',
        searchParams: edition.userQuery(email),
      }),
    project: ({ json, input }) => parseFoundUser(json, input.email),
    redact: () => ({ by: 'email' }),
    evidence: ({ accountId }) => ({ accountId }),
  },
  'myself:read': {
    write: false,
    input: noInput,
    route: () => ({ method: 'GET', path: '/rest/api/3/myself', params: {} }),
    send: async ({ api, client }) => api.getCurrentUser(client, {}),
    project: ({ json }) => parseMyself(json),
    redact: () => ({}),
  },
  'server:read': {
    write: false,
    input: noInput,
    route: () => ({ method: 'GET', path: '/rest/api/3/serverInfo', params: {} }),
    send: async ({ api, client }) => api.getServerInfo(client),
    project: ({ json }) => parseServer(json),
    redact: () => ({}),
    evidence: ({ edition, version }) => ({ edition, version }),
  },
};

const createFields = (
  { project, issueType, summary, description, labels, priority, dueDate, fields }: Create,
  edition: JiraEdition,
) => ({
  ...encodeInputs(fields ?? {}, edition),
  project: { key: project },
  issuetype: { name: issueType },
  summary,
  ...(description && { description: edition.richText(description) }),
  labels: [...labels],
  ...(priority && { priority: { name: priority } }),
  ...(dueDate && { duedate: dueDate }),
});

// The link is created in the same call, because a second call could be lost.
const relation = ({ relatesTo }: Create) =>
  relatesTo ? { issuelinks: [link('Relates', relatesTo)] } : undefined;

const editFields = ({ summary, description }: Update, edition: JiraEdition) =>
  summary === undefined && !description
    ? undefined
    : {
        ...(summary !== undefined && { summary }),
        ...(description && { description: edition.richText(description) }),
      };

const edits = ({ addLabels, duplicateOf }: Update) =>
  addLabels || duplicateOf
    ? {
        ...(addLabels && { labels: addLabels.map((label) => ({ add: label })) }),
        ...(duplicateOf && { issuelinks: [link('Duplicate', duplicateOf)] }),
      }
    : undefined;

// The other issue is the outward one: this issue "duplicates" it.
const link = (type: string, key: string) => ({
  add: { type: { name: type }, outwardIssue: { key } },
});
