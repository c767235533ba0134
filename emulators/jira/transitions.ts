import { isObject, objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { refusalOfArchived, issueNotFound, jiraError } from './errors.ts';
import { customFieldProblem, renderCustomField } from './custom-fields.ts';
import type {
  CustomField,
  Issue,
  RichText,
  Status,
  StatusCategory,
  Transition,
  TransitionScreenField,
} from './model.ts';
import { RESOLUTIONS, STATUSES } from './model.ts';
import type { Frame } from './render.ts';
import { renderStatus } from './render.ts';
import { lacks } from './projects.ts';
import { screenOf } from './screens.ts';
import type { JiraSite } from './site.ts';
import { ROBOT } from './site.ts';
import { operationsOf } from './update.ts';

const WORKFLOW: readonly Transition[] = [
  { id: '11', name: 'To Do', to: STATUSES[0], from: ['indeterminate'] },
  { id: '21', name: 'In Progress', to: STATUSES[1], from: ['new'] },
  { id: '31', name: 'Done', to: STATUSES[2], from: ['new', 'indeterminate'] },
  { id: '41', name: 'Reopen', to: STATUSES[0], from: ['done'], reopens: true },
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
  const withFields = (request.query.get('expand') ?? '').split(',').includes('transitions.fields');
  const transitions = renderTransitions({ site, origin: request.origin }, issue, withFields);
  return { status: 200, body: { expand: 'transitions', transitions } };
}

/** The transitions that an issue allows now. */
export function renderTransitions(
  { site, origin }: Frame,
  issue: Issue,
  withFields = false,
): Json[] {
  return transitionsOf(site, issue).map(({ id, name, to, fields = [] }) => ({
    id,
    name,
    to: renderStatus(origin, statusNamed(to)),
    hasScreen: fields.length > 0,
    isGlobal: false,
    isInitial: false,
    isAvailable: true,
    isConditional: false,
    isLooped: false,
    ...(withFields && {
      fields: Object.fromEntries(
        fields.map((field) => [field.id, renderField(field, furtherField(site, issue, field))]),
      ),
    }),
  }));
}

/** The description of a further field on the screen of a transition. */
const furtherField = (
  { settings }: JiraSite,
  issue: Issue,
  { id, field }: TransitionScreenField,
): CustomField | undefined =>
  field ?? screenOf(settings, issue.fields.issuetype).customFields.find((one) => one.id === id);

const renderField = (
  { id, required }: TransitionScreenField,
  further: CustomField | undefined,
): Json => ({
  ...(further ? { ...renderCustomField(further), required } : renderOwnField(id, required)),
});

const renderOwnField = (id: string, required: boolean): Json => ({
  required,
  schema: { type: id, system: id },
  name: id === 'resolution' ? 'Resolution' : 'Comment',
  key: id,
  operations: [id === 'resolution' ? 'set' : 'add'],
  ...(id === 'resolution' && {
    allowedValues: RESOLUTIONS.map((name, at) => ({ id: `${10_000 + at}`, name })),
  }),
});

function perform(site: JiraSite, request: EmulatedRequest): Answer {
  const issue = site.issue(request.params.key ?? '');
  if (!issue) return issueNotFound();
  if (site.isArchived(issue)) return refusalOfArchived();
  const body = objectBody(request);
  const id = isObject(body.transition) ? String(body.transition.id) : '';
  const found = transitionsOf(site, issue).find((one) => one.id === id);
  if (!found) return jiraError(400, [`Transition id '${id}' is not valid for this issue.`]);
  const reopens = found.to.category !== 'done' && issue.fields.status.category === 'done';
  if (reopens && site.settings.refuseReopen)
    return jiraError(400, [
      'It seems that you have tried to perform a workflow operation that is not valid for the current state of this issue.',
    ]);
  const errors = screenErrors(site, issue, { transition: found, body });
  if (Object.keys(errors).length > 0) return jiraError(400, [], errors);
  const given = isObject(body.fields) ? body.fields : {};
  const resolution = nameOf(given.resolution) ?? found.resolution;
  site.move(issue, statusNamed(found.to), resolution);
  const custom = Object.entries(given).filter(([name]) => name !== 'resolution');
  if (custom.length > 0)
    site.change(issue, { custom: { ...issue.fields.custom, ...Object.fromEntries(custom) } });
  const comment = operationsOf(body.update, 'comment')[0]?.add;
  if (isObject(comment)) site.comment(issue, comment.body as RichText, ROBOT.accountId);
  return {
    status: 204,
    effect: { issue: issue.key, status: issue.fields.status.name, category: found.to.category },
  };
}

/** Jira refuses fields that are not on the screen of a transition, and requires those that are. */
function screenErrors(
  site: JiraSite,
  issue: Issue,
  { transition: { fields = [] }, body }: { transition: Transition; body: Json },
): Record<string, string> {
  const errors: Record<string, string> = {};
  const given = isObject(body.fields) ? body.fields : {};
  const comments = operationsOf(body.update, 'comment');
  for (const name of Object.keys(given))
    if (!fields.some(({ id }) => id === name))
      errors[name] =
        `Field '${name}' cannot be set. It is not on the appropriate screen, or unknown.`;
  for (const field of fields) {
    const { id, required } = field;
    const further = furtherField(site, issue, field);
    const problem =
      further && id in given
        ? customFieldProblem(further, given[id], site.settings.edition ?? 'cloud')
        : null;
    if (problem !== null) errors[id] = problem;
    if (id === 'resolution' && given.resolution !== undefined && nameOf(given.resolution) === null)
      errors.resolution = 'Could not find valid resolution.';
    if (required && (id === 'comment' ? comments.length === 0 : given[id] === undefined))
      errors[id] = `${further?.name ?? (id === 'comment' ? 'Comment' : 'Resolution')} is required.`;
  }
  return errors;
}

/** The name of a known resolution. */
function nameOf(value: unknown): string | null {
  if (!isObject(value)) return null;
  const at = RESOLUTIONS.findIndex(
    (name, index) => value.name === name || value.id === `${10_000 + index}`,
  );
  return RESOLUTIONS[at] ?? null;
}

/** The status of a category. */
export function statusOf(category: StatusCategory): (typeof STATUSES)[number] {
  return STATUSES.find((status) => status.category === category) ?? STATUSES[0];
}

/** The status of a transition: one of the site, or one of the configured workflow. */
function statusNamed({ name, category }: Transition['to']): Status {
  return (
    STATUSES.find((status) => status.name === name) ?? { id: `9${name.length}`, name, category }
  );
}

function transitionsOf({ settings }: JiraSite, { fields }: Issue): readonly Transition[] {
  const { name, category } = fields.status;
  if (lacks(settings, 'TRANSITION_ISSUES')) return [];
  return (settings.workflow ?? WORKFLOW).filter(
    ({ from, reopens }) =>
      (from.includes(category) || from.includes(name)) &&
      !(reopens === true && settings.forbidReopen),
  );
}
