import type { Json } from '../types.ts';
import type { Comment, Issue, IssueFields, Status } from './model.ts';
import { CATEGORIES, ISSUE_TYPES, LINK_TYPES, PRIORITIES } from './model.ts';
import type { JiraSite } from './site.ts';
import { PERSON, ROBOT } from './site.ts';

/** The context for rendering: the site (for links between issues) and the origin of its URLs. */
export interface Frame {
  site: JiraSite;
  origin: string;
}

// Jira's timestamps have milliseconds, and a zone without a colon.
function jiraTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

/** An account in Jira's format. */
export function renderAccount(
  origin: string,
  account: { accountId: string; displayName: string },
): Json {
  return {
    self: `${origin}/rest/api/3/user?accountId=${account.accountId}`,
    accountId: account.accountId,
    accountType: 'atlassian',
    displayName: account.displayName,
    active: true,
    timeZone: 'Etc/UTC',
  };
}

/** A status with its category. */
export function renderStatus(origin: string, status: Status): Json {
  const category = CATEGORIES[status.category];
  return {
    self: `${origin}/rest/api/3/status/${status.id}`,
    description: '',
    iconUrl: `${origin}/`,
    name: status.name,
    id: status.id,
    statusCategory: {
      self: `${origin}/rest/api/3/statuscategory/${category.id}`,
      id: category.id,
      key: status.category,
      colorName: category.color,
      name: category.name,
    },
  };
}

export function renderIssueType(origin: string, name: string): Json {
  const type = ISSUE_TYPES.find((one) => one.name === name) ?? ISSUE_TYPES[0];
  return {
    self: `${origin}/rest/api/3/issuetype/${type.id}`,
    ...type,
    iconUrl: `${origin}/`,
    hierarchyLevel: 0,
  };
}

export function renderProject({ site, origin }: Frame): Json {
  const { id, key, name } = site.project;
  return {
    self: `${origin}/rest/api/3/project/${id}`,
    id,
    key,
    name,
    projectTypeKey: 'software',
    simplified: false,
  };
}

export function renderComment(origin: string, issue: Issue, comment: Comment): Json {
  const author = renderAccount(origin, comment.author === PERSON.accountId ? PERSON : ROBOT);
  return {
    self: `${origin}/rest/api/3/issue/${issue.id}/comment/${comment.id}`,
    id: comment.id,
    author,
    body: comment.body,
    updateAuthor: author,
    created: jiraTime(comment.created),
    updated: jiraTime(comment.created),
    jsdPublic: true,
  };
}

/** An issue with only the requested fields (`*all`, names, `-name`). */
export function renderIssue(
  frame: Frame,
  shown: { issue: Issue; fields: IssueFields },
  wanted: readonly string[],
): Json {
  const { issue } = shown;
  return {
    expand: 'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations',
    id: issue.id,
    self: `${frame.origin}/rest/api/3/issue/${issue.id}`,
    key: issue.key,
    fields: chosen(allFields(frame, shown), wanted),
  };
}

function chosen(fields: Json, wanted: readonly string[]): Json {
  const all =
    wanted.some((name) => name === '*all' || name === '*navigable') ||
    wanted.every((name) => name.startsWith('-'));
  const kept = Object.entries(fields).filter(
    ([name]) => (all || wanted.includes(name)) && !wanted.includes(`-${name}`),
  );
  return Object.fromEntries(kept);
}

function allFields(frame: Frame, { issue, fields }: { issue: Issue; fields: IssueFields }): Json {
  const { origin } = frame;
  const priority = PRIORITIES.find(({ name }) => name === fields.priority) ?? PRIORITIES[2];
  const comments = issue.comments.map((comment) => renderComment(origin, issue, comment));
  return {
    summary: fields.summary,
    description: fields.description,
    labels: fields.labels,
    issuetype: renderIssueType(origin, fields.issuetype),
    project: renderProject(frame),
    priority: { self: `${origin}/rest/api/3/priority/${priority.id}`, ...priority },
    status: renderStatus(origin, fields.status),
    resolution: fields.resolution
      ? { id: '10000', name: fields.resolution, description: '' }
      : null,
    resolutiondate: fields.resolutiondate === null ? null : jiraTime(fields.resolutiondate),
    created: jiraTime(issue.created),
    updated: jiraTime(fields.updated),
    duedate: fields.duedate,
    creator: renderAccount(origin, ROBOT),
    reporter: renderAccount(origin, ROBOT),
    assignee: fields.assignee
      ? renderAccount(origin, { ...PERSON, accountId: fields.assignee })
      : null,
    issuelinks: renderLinks(frame, issue),
    ...fields.custom,
    comment: { comments, maxResults: comments.length, total: comments.length, startAt: 0 },
  };
}

function renderLinks({ site, origin }: Frame, issue: Issue): Json[] {
  return site.links.flatMap((link) => {
    const outward = link.inward === issue.key;
    const other = site.issue(outward ? link.outward : link.inward);
    if ((!outward && link.outward !== issue.key) || !other) return [];
    const type = LINK_TYPES.find(({ name }) => name === link.type);
    const { summary, status } = other.fields;
    const shown = {
      id: other.id,
      key: other.key,
      self: `${origin}/rest/api/3/issue/${other.id}`,
      fields: { summary, status: renderStatus(origin, status) },
    };
    const self = `${origin}/rest/api/3/issueLink/${link.id}`;
    return [{ id: link.id, self, type, [outward ? 'outwardIssue' : 'inwardIssue']: shown }];
  });
}
