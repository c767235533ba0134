import { isObject, objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { refusalOfArchived, issueNotFound, jiraError } from './errors.ts';
import { readFields, readNewFields } from './fields.ts';
import { applyLinks, linksProblem } from './links.ts';
import type { Issue, IssueFields } from './model.ts';
import { renderIssue } from './render.ts';
import { lacks } from './projects.ts';
import type { JiraSite } from './site.ts';
import { renderTransitions } from './transitions.ts';
import { applyLabels, updateProblems } from './update.ts';

/** Creating, reading and editing issues. */
export function issueRoutes(site: JiraSite): Route[] {
  const one = '/rest/api/3/issue/:key';
  return [
    {
      method: 'POST',
      path: '/rest/api/3/issue',
      operation: 'issues:create',
      write: true,
      handle: (request) => create(site, request),
    },
    {
      method: 'POST',
      path: '/rest/api/3/issue/bulk',
      operation: 'issues:create',
      write: true,
      handle: (request) => createBulk(site, request),
    },
    {
      method: 'GET',
      path: one,
      operation: 'issues:read',
      handle: (request) => read(site, request),
    },
    {
      method: 'PUT',
      path: one,
      operation: 'issues:update',
      write: true,
      handle: withIssue(site, (issue, request) => edit(site, issue, request)),
    },
    {
      method: 'DELETE',
      path: one,
      operation: 'issues:delete',
      write: true,
      handle: withIssue(site, (issue) => remove(site, issue)),
    },
  ];
}

/** Runs `act` on the issue in the path; 404 if there is none. */
export function withIssue(site: JiraSite, act: (issue: Issue, request: EmulatedRequest) => Answer) {
  return (request: EmulatedRequest): Answer => {
    const issue = site.issue(request.params.key ?? '');
    return issue ? act(issue, request) : issueNotFound();
  };
}

type Created = { issue: Issue } | { messages: string[]; errors: Record<string, string> };

function create(site: JiraSite, request: EmulatedRequest): Answer {
  if (lacks(site.settings, 'CREATE_ISSUES'))
    return jiraError(400, [], {
      project: 'You do not have permission to create issues in this project.',
    });
  const made = createOne(site, objectBody(request));
  if ('errors' in made) return jiraError(400, made.messages, made.errors);
  return { status: 201, body: issueReference(made.issue, request), effect: effectOf(made.issue) };
}

function createOne(site: JiraSite, body: Json): Created {
  const { changes, errors } = readNewFields(site, isObject(body.fields) ? body.fields : {});
  const linkProblem = linksProblem(site, body.update);
  Object.assign(errors, linkProblem ? { issuelinks: linkProblem } : {}, updateProblems(body));
  const messages = documentMessages(errors);
  if (Object.keys(errors).length + messages.length > 0) return { messages, errors };
  const issue = site.create({ ...DEFAULTS, ...changes });
  applyLabels(site, issue, body.update);
  applyLinks(site, issue, body.update);
  return { issue };
}

const DEFAULTS: Pick<
  IssueFields,
  'summary' | 'description' | 'labels' | 'issuetype' | 'priority' | 'duedate' | 'assignee'
> = {
  summary: '',
  description: null,
  labels: [],
  issuetype: 'Task',
  priority: 'Medium',
  duedate: null,
  assignee: null,
};

// Jira reports these two for the whole request, not for the field.
function documentMessages(errors: Record<string, string>): string[] {
  const general = Object.entries(errors).filter(
    ([, problem]) => problem === 'INVALID_INPUT' || problem === 'CONTENT_LIMIT_EXCEEDED',
  );
  for (const [field] of general) delete errors[field];
  return general.map(([, problem]) => problem);
}

function issueReference(issue: Issue, { origin }: EmulatedRequest): Json {
  return { id: issue.id, key: issue.key, self: `${origin}/rest/api/3/issue/${issue.id}` };
}

function effectOf(issue: Issue): Json {
  return { issue: issue.key, labels: issue.fields.labels };
}

function createBulk(site: JiraSite, request: EmulatedRequest): Answer {
  const updates = objectBody(request).issueUpdates;
  if (!Array.isArray(updates) || updates.length === 0)
    return jiraError(400, ['issueUpdates must not be empty']);
  if (updates.length > 50)
    return jiraError(400, ['The number of issues in a bulk request is limited to 50']);
  const made = updates.map((update) => createOne(site, isObject(update) ? update : {}));
  const issues = made.flatMap((one) => ('issue' in one ? [one.issue] : []));
  const errors = made.flatMap((one, failedElementNumber) =>
    'errors' in one
      ? [
          {
            status: 400,
            elementErrors: { errorMessages: one.messages, errors: one.errors },
            failedElementNumber,
          },
        ]
      : [],
  );
  const body = { issues: issues.map((issue) => issueReference(issue, request)), errors };
  return { status: issues.length > 0 ? 201 : 400, body, effect: { issues: issues.map(effectOf) } };
}

function read(site: JiraSite, request: EmulatedRequest): Answer {
  const issue = site.issue(request.params.key ?? '');
  if (!issue || site.settings.anonymous) return issueNotFound();
  const wanted = (request.query.get('fields') ?? '*all').split(',').filter(Boolean);
  const frame = { site, origin: request.origin };
  const body = renderIssue(frame, { issue, fields: issue.fields }, wanted);
  const expanded = (request.query.get('expand') ?? '').split(',').includes('transitions');
  return {
    status: 200,
    body: expanded ? { ...body, transitions: renderTransitions(frame, issue) } : body,
  };
}

function edit(site: JiraSite, issue: Issue, request: EmulatedRequest): Answer {
  const body = objectBody(request);
  if (!isObject(body.fields) && !isObject(body.update))
    return jiraError(400, ["one of 'fields' or 'update' required"]);
  const { changes, errors } = readFields(site, isObject(body.fields) ? body.fields : {}, {
    issueType: issue.fields.issuetype,
    isEdit: true,
  });
  if (lacks(site.settings, 'EDIT_ISSUES'))
    return jiraError(403, ['You do not have permission to edit issues in this project.']);
  if (site.isArchived(issue)) return refusalOfArchived();
  const linkProblem = linksProblem(site, body.update, issue);
  Object.assign(errors, linkProblem ? { issuelinks: linkProblem } : {}, updateProblems(body));
  const messages = documentMessages(errors);
  if (Object.keys(errors).length + messages.length > 0) return jiraError(400, messages, errors);
  site.change(issue, changes);
  applyLabels(site, issue, body.update);
  applyLinks(site, issue, body.update);
  return {
    status: 204,
    effect: { issue: issue.key, fields: Object.keys(changes), labels: issue.fields.labels },
  };
}

function remove(site: JiraSite, issue: Issue): Answer {
  site.remove(issue);
  return { status: 204, effect: { issue: issue.key, deleted: true } };
}
