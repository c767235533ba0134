import { objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Route } from '../types.ts';
import { richTextProblem } from './adf.ts';
import { refusalOfArchived, jiraError } from './errors.ts';
import { withIssue } from './issues.ts';
import type { Issue, RichText } from './model.ts';
import { renderComment } from './render.ts';
import type { JiraSite } from './site.ts';
import { ROBOT } from './site.ts';

/** Reading and adding comments. */
export function commentRoutes(site: JiraSite): Route[] {
  const path = '/rest/api/3/issue/:key/comment';
  return [
    { method: 'GET', path, operation: 'issues:read', handle: withIssue(site, list) },
    {
      method: 'POST',
      path,
      operation: 'issues:comment',
      write: true,
      handle: withIssue(site, (issue, request) => add(site, issue, request)),
    },
  ];
}

function list(issue: Issue, { query, origin }: EmulatedRequest): Answer {
  const startAt = Number(query.get('startAt') ?? 0);
  const maxResults = Math.min(Number(query.get('maxResults') ?? 100), 5000);
  const comments = issue.comments
    .slice(startAt, startAt + maxResults)
    .map((comment) => renderComment(origin, issue, comment));
  return { status: 200, body: { startAt, maxResults, total: issue.comments.length, comments } };
}

function add(site: JiraSite, issue: Issue, request: EmulatedRequest): Answer {
  if (site.settings.refuseComments)
    return jiraError(403, ['You do not have the permission to comment on this issue.']);
  if (site.isArchived(issue)) return refusalOfArchived();
  const { body } = objectBody(request);
  const problem = richTextProblem(site.settings.edition ?? 'cloud', body);
  if (problem === 'INVALID_INPUT' || problem === 'CONTENT_LIMIT_EXCEEDED')
    return jiraError(400, [problem]);
  if (problem !== null) return jiraError(400, [], { comment: problem });
  const comment = site.comment(issue, body as RichText, ROBOT.accountId);
  const effect = { issue: issue.key, comment: comment.id };
  return { status: 201, body: renderComment(request.origin, issue, comment), effect };
}
