import type { OperationRow } from './types.ts';

/** Jira's operations, with the paths of Cloud; Data Center has them below /rest/api/2, and /search. */
// prettier-ignore
export const JIRA_OPERATIONS: readonly OperationRow[] = [
  { connector: 'jira', operation: 'issues:create', method: 'POST', path: '/rest/api/3/issue', risk: 'MEDIUM', does: 'Create an issue',
    wire: [{ method: 'POST', path: '/rest/api/3/issue' }, { method: 'POST', path: '/rest/api/3/issueLink' }] },
  { connector: 'jira', operation: 'issues:update', method: 'PUT', path: '/rest/api/3/issue/{key}', risk: 'MEDIUM', does: 'Change an issue, or link it to its original',
    wire: [{ method: 'PUT', path: '/rest/api/3/issue/{key}' }, { method: 'POST', path: '/rest/api/3/issueLink' }] },
  { connector: 'jira', operation: 'issues:comment', method: 'POST', path: '/rest/api/3/issue/{key}/comment', risk: 'MEDIUM', does: 'Comment on an issue' },
  { connector: 'jira', operation: 'issues:transition', method: 'POST', path: '/rest/api/3/issue/{key}/transitions', risk: 'MEDIUM', does: 'Move an issue through its workflow' },
  { connector: 'jira', operation: 'issues:read', method: 'GET', path: '/rest/api/3/issue/{key}', risk: 'LOW', does: 'Read or search issues, their transitions and screens',
    wire: [{ method: 'GET', path: '/rest/api/3/issue/{key}' }, { method: 'POST', path: '/rest/api/3/search/jql' }, { method: 'GET', path: '/rest/api/3/issue/{key}/transitions' },
      { method: 'GET', path: '/rest/api/3/issue/createmeta/{project}/issuetypes' }, { method: 'GET', path: '/rest/api/3/issue/createmeta/{project}/issuetypes/{issueType}' },
      { method: 'GET', path: '/rest/api/3/issue/{key}/editmeta' }] },
  { connector: 'jira', operation: 'projects:read', method: 'GET', path: '/rest/api/3/project/{project}', risk: 'LOW', does: 'Read a project and its issue types' },
  { connector: 'jira', operation: 'permissions:read', method: 'GET', path: '/rest/api/3/mypermissions', risk: 'LOW', does: 'Read which permissions the owner of the token has in a project' },
  { connector: 'jira', operation: 'users:lookup', method: 'GET', path: '/rest/api/3/user/search', risk: 'LOW', does: 'Find a Jira user by e-mail' },
  { connector: 'jira', operation: 'myself:read', method: 'GET', path: '/rest/api/3/myself', risk: 'LOW', does: 'Read the owner of the token' },
  { connector: 'jira', operation: 'server:read', method: 'GET', path: '/rest/api/3/serverInfo', risk: 'LOW', does: 'Read the edition of Jira and its address' },
];

/** Slack's operations (Web API). */
// prettier-ignore
export const SLACK_OPERATIONS: readonly OperationRow[] = [
  { connector: 'slack', operation: 'chat:write', method: 'POST', path: '/api/chat.postMessage', risk: 'LOW', writes: true, does: 'Post a message' },
  { connector: 'slack', operation: 'chat:update', method: 'POST', path: '/api/chat.update', risk: 'LOW', writes: true, does: 'Edit a message sent by arx' },
  { connector: 'slack', operation: 'history:read', method: 'POST', path: '/api/conversations.history', risk: 'LOW', does: "Read a channel's recent messages, or the replies to one",
    wire: [{ method: 'POST', path: '/api/conversations.history' }, { method: 'POST', path: '/api/conversations.replies' }] },
  { connector: 'slack', operation: 'users:lookup', method: 'POST', path: '/api/users.lookupByEmail', risk: 'LOW', does: 'Find a Slack user by e-mail or id',
    wire: [{ method: 'POST', path: '/api/users.lookupByEmail' }, { method: 'POST', path: '/api/users.info' }] },
  { connector: 'slack', operation: 'auth:test', method: 'POST', path: '/api/auth.test', risk: 'LOW', does: 'Read the owner of the token and its scopes' },
  { connector: 'slack', operation: 'channels:members', method: 'POST', path: '/api/conversations.members', risk: 'LOW', does: "Read a channel's members" },
  { connector: 'slack', operation: 'channels:read', method: 'POST', path: '/api/conversations.list', risk: 'LOW', does: 'Find a channel',
    wire: [{ method: 'POST', path: '/api/conversations.list' }, { method: 'POST', path: '/api/conversations.info' }] },
];
