import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { jiraError } from './errors.ts';
import type { JiraSettings } from './model.ts';
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
    serverInfoRoute(site),
    {
      method: 'GET',
      path: '/rest/api/3/project/:key',
      operation: 'projects:read',
      handle: (request) => project(site, request),
    },
    {
      method: 'GET',
      path: createmeta,
      operation: 'issues:read',
      handle: (request) => issueTypes(site, request),
    },
    {
      method: 'GET',
      path: '/rest/api/3/mypermissions',
      operation: 'permissions:read',
      handle: (request) => myPermissions(site, request),
    },
    {
      method: 'GET',
      path: '/rest/api/3/user/search',
      operation: 'users:lookup',
      handle: (request) => searchUsers(site, request),
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

/** Which of the permissions that the query names the account has. */
function myPermissions(site: JiraSite, { query }: EmulatedRequest): Answer {
  const wanted = (query.get('permissions') ?? '').split(',').filter(Boolean);
  if (wanted.length === 0) return jiraError(400, ['The permissions query parameter is required.']);
  const key = query.get('projectKey') ?? '';
  if (!isProject(site, key))
    return jiraError(404, [`No project could be found with key '${key}'.`]);
  const permissions = wanted.map((name, at) => [
    name,
    {
      id: String(10 + at),
      key: name,
      name,
      type: 'PROJECT',
      description: '',
      havePermission: !lacks(site.settings, name),
    },
  ]);
  return { status: 200, body: { permissions: Object.fromEntries(permissions) as Json } };
}

/** Whether the account of the token lacks a permission. */
export const lacks = ({ lacking = [] }: JiraSettings, permission: string): boolean =>
  lacking.includes(permission);

/** Finds accounts by the start of their address or name, as Jira does. */
function searchUsers({ settings }: JiraSite, { query, origin }: EmulatedRequest): Answer {
  const name = settings.edition === 'data_center' ? 'username' : 'query';
  const wanted = (query.get(name) ?? '').toLowerCase();
  const found = (settings.accounts ?? []).filter(
    ({ foundBy, displayName }) =>
      wanted !== '' && [foundBy, displayName].some((text) => text.toLowerCase().startsWith(wanted)),
  );
  return {
    status: 200,
    body: found.map(({ emailAddress, active, ...account }) => ({
      ...renderAccount(origin, account),
      active,
      ...(emailAddress !== null && { emailAddress }),
    })),
  };
}

/** What the site says about itself. */
export const serverInfoRoute = (site: JiraSite): Route => ({
  method: 'GET',
  path: '/rest/api/3/serverInfo',
  operation: 'server:read',
  handle: (request) => serverInfo(site, request),
});

const VERSIONS = {
  cloud: { version: '1001.0.0-SNAPSHOT', versionNumbers: [1001, 0, 0], deploymentType: 'Cloud' },
  data_center: { version: '10.3.5', versionNumbers: [10, 3, 5], deploymentType: 'Server' },
} as const;

function serverInfo({ settings }: JiraSite, { origin }: EmulatedRequest): Answer {
  const { edition = 'cloud', basePath = '' } = settings;
  // The gateway of Cloud serves only the API.
  const isGateway = edition === 'cloud' && basePath !== '' && origin.endsWith(basePath);
  return {
    status: 200,
    body: {
      baseUrl: isGateway ? origin.slice(0, -basePath.length) : origin,
      ...VERSIONS[edition],
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
      ...(site.settings.isProjectArchived && { archived: true }),
    },
  };
}

function issueTypes(site: JiraSite, { params, query, origin }: EmulatedRequest): Answer {
  if (!isProject(site, params.key))
    return jiraError(400, [`No project could be found with key or id '${params.key}'.`]);
  if (site.settings.noMetadata) return jiraError(404, ['No such resource.']);
  const creatable = lacks(site.settings, 'CREATE_ISSUES') ? [] : ISSUE_TYPES;
  const types = creatable.map(({ name }) => renderIssueType(origin, name));
  const startAt = Number(query.get('startAt') ?? 0);
  const most = site.settings.metadataPage ?? 200;
  const maxResults = Math.min(Number(query.get('maxResults') ?? 50), most);
  return {
    status: 200,
    body: {
      startAt,
      maxResults,
      total: types.length,
      issueTypes: types.slice(startAt, startAt + maxResults),
    },
  };
}

function isProject({ project, settings }: JiraSite, key: string | undefined): boolean {
  if (lacks(settings, 'BROWSE_PROJECTS')) return false;
  return !settings.anonymous && (key === project.key || key === project.id);
}
