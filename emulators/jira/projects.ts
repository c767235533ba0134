import type { Answer, EmulatedRequest, Route } from '../types.ts';
import { jiraError } from './errors.ts';
import { ISSUE_TYPES } from './model.ts';
import { renderAccount, renderIssueType, renderProject } from './render.ts';
import type { JiraSite } from './site.ts';
import { ROBOT } from './site.ts';

/** The caller's account, the site, and the project with its issue types. */
export function projectRoutes(site: JiraSite): Route[] {
  const createmeta = '/rest/api/3/issue/createmeta/:key/issuetypes';
  return [
    {
      method: 'GET',
      path: '/rest/api/3/myself',
      operation: 'myself:read',
      handle: (request) => myself(site, request),
    },
    { method: 'GET', path: '/rest/api/3/serverInfo', operation: 'server:read', handle: serverInfo },
    {
      method: 'GET',
      path: '/rest/api/3/project/:key',
      operation: 'projects:read',
      handle: (request) => project(site, request),
    },
    {
      method: 'GET',
      path: createmeta,
      operation: 'projects:read',
      handle: (request) => issueTypes(site, request),
    },
  ];
}

function myself({ settings }: JiraSite, { origin }: EmulatedRequest): Answer {
  if (settings.anonymous)
    return {
      status: 200,
      body: { accountType: 'unknown', displayName: 'Anonymous', active: false },
    };
  const account = {
    ...renderAccount(origin, ROBOT),
    emailAddress: settings.email,
    locale: 'en_US',
  };
  return {
    status: 200,
    body: { ...account, groups: { size: 1, items: [] }, applicationRoles: { size: 1, items: [] } },
  };
}

function serverInfo({ origin }: EmulatedRequest): Answer {
  return {
    status: 200,
    body: {
      baseUrl: origin,
      version: '1001.0.0-SNAPSHOT',
      versionNumbers: [1001, 0, 0],
      deploymentType: 'Cloud',
      buildNumber: 100_285,
      buildDate: '2026-11-02T00:00:00.000+0000',
      serverTime: new Date().toISOString().replace('Z', '+0000'),
      scmInfo: 'emulated',
      serverTitle: 'Jira',
    },
  };
}

function project(site: JiraSite, { params, origin }: EmulatedRequest): Answer {
  if (!isProject(site, params.key))
    return jiraError(404, [`No project could be found with key '${params.key}'.`]);
  const issueTypes = ISSUE_TYPES.map(({ name }) => renderIssueType(origin, name));
  const lead = renderAccount(origin, ROBOT);
  return {
    status: 200,
    body: {
      ...renderProject({ site, origin }),
      description: '',
      lead,
      issueTypes,
      assigneeType: 'UNASSIGNED',
    },
  };
}

function issueTypes(site: JiraSite, { params, origin }: EmulatedRequest): Answer {
  if (!isProject(site, params.key))
    return jiraError(400, [`No project could be found with key or id '${params.key}'.`]);
  const types = ISSUE_TYPES.map(({ name }) => renderIssueType(origin, name));
  return {
    status: 200,
    body: { startAt: 0, maxResults: 50, total: types.length, issueTypes: types },
  };
}

function isProject({ project, settings }: JiraSite, key: string | undefined): boolean {
  return !settings.anonymous && (key === project.key || key === project.id);
}
