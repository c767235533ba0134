import { isObject, objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { issueNotFound, jiraError } from './errors.ts';
import type { Issue, StatusCategory } from './model.ts';
import { STATUSES } from './model.ts';
import type { Frame } from './render.ts';
import { renderStatus } from './render.ts';
import type { JiraSite } from './site.ts';

/** The workflow: the transitions from each category. A setting can remove those with `reopens`. */
const TRANSITIONS: readonly {
  id: string;
  name: string;
  to: StatusCategory;
  from: readonly StatusCategory[];
  reopens: boolean;
}[] = [
  { id: '11', name: 'To Do', to: 'new', from: ['indeterminate'], reopens: false },
  { id: '21', name: 'In Progress', to: 'indeterminate', from: ['new'], reopens: false },
  { id: '31', name: 'Done', to: 'done', from: ['new', 'indeterminate'], reopens: false },
  { id: '41', name: 'Reopen', to: 'new', from: ['done'], reopens: true },
];

/** Reading and doing transitions. */
export function transitionRoutes(site: JiraSite): Route[] {
  const path = '/rest/api/3/issue/:key/transitions';
  return [
    { method: 'GET', path, operation: 'issues:read', handle: (request) => list(site, request) },
    {
      method: 'POST',
      path,
      operation: 'issues:transition',
      write: true,
      handle: (request) => perform(site, request),
    },
  ];
}

function list(site: JiraSite, request: EmulatedRequest): Answer {
  const issue = site.issue(request.params.key ?? '');
  if (!issue) return issueNotFound();
  const transitions = renderTransitions({ site, origin: request.origin }, issue);
  return { status: 200, body: { expand: 'transitions', transitions } };
}

/** The transitions that an issue allows now. */
export function renderTransitions({ site, origin }: Frame, issue: Issue): Json[] {
  return transitionsOf(site, issue).map(({ id, name, to }) => ({
    id,
    name,
    to: renderStatus(origin, statusOf(to)),
    hasScreen: false,
    isGlobal: false,
    isInitial: false,
    isAvailable: true,
    isConditional: false,
    isLooped: false,
  }));
}

function perform(site: JiraSite, request: EmulatedRequest): Answer {
  const issue = site.issue(request.params.key ?? '');
  if (!issue) return issueNotFound();
  const { transition } = objectBody(request);
  const id = isObject(transition) ? String(transition.id) : '';
  const found = transitionsOf(site, issue).find((one) => one.id === id);
  if (!found) return jiraError(400, [`Transition id '${id}' is not valid for this issue.`]);
  site.move(issue, statusOf(found.to));
  return {
    status: 204,
    effect: { issue: issue.key, status: issue.fields.status.name, category: found.to },
  };
}

/** The status of a category. */
export function statusOf(category: StatusCategory): (typeof STATUSES)[number] {
  return STATUSES.find((status) => status.category === category) ?? STATUSES[0];
}

function transitionsOf(site: JiraSite, { fields }: Issue): typeof TRANSITIONS {
  return TRANSITIONS.filter(
    ({ from, reopens }) =>
      from.includes(fields.status.category) && !(reopens && site.settings.forbidReopen),
  );
}
