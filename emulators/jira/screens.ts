import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { issueNotFound, jiraError } from './errors.ts';
import { ISSUE_TYPES, PRIORITIES } from './model.ts';
import type { CustomField, JiraSettings } from './model.ts';
import type { JiraSite } from './site.ts';

/** The fields of the create and edit screens of every issue type. */
const SYSTEM_FIELDS: readonly { id: string; name: string; type: string; required: boolean }[] = [
  { id: 'project', name: 'Project', type: 'project', required: true },
  { id: 'issuetype', name: 'Work type', type: 'issuetype', required: true },
  { id: 'summary', name: 'Summary', type: 'string', required: true },
  { id: 'description', name: 'Description', type: 'string', required: false },
  { id: 'labels', name: 'Labels', type: 'array', required: false },
  { id: 'priority', name: 'Priority', type: 'priority', required: false },
  { id: 'duedate', name: 'Due date', type: 'date', required: false },
  { id: 'assignee', name: 'Assignee', type: 'user', required: false },
  { id: 'issuelinks', name: 'Linked work items', type: 'array', required: false },
];

/** The metadata of the create and edit screens. */
export function screenRoutes(site: JiraSite): Route[] {
  return [
    {
      method: 'GET',
      path: '/rest/api/3/issue/createmeta/:key/issuetypes/:type',
      operation: 'projects:read',
      handle: (request) => createFields(site, request),
    },
    {
      method: 'GET',
      path: '/rest/api/3/issue/:key/editmeta',
      operation: 'issues:read',
      handle: (request) => editFields(site, request),
    },
  ];
}

function createFields(site: JiraSite, { params, query }: EmulatedRequest): Answer {
  const { key, type } = params;
  if (key !== site.project.key && key !== site.project.id)
    return jiraError(400, [`No project could be found with key or id '${key}'.`]);
  if (!ISSUE_TYPES.some(({ id }) => id === type))
    return jiraError(400, [`No issue type could be found with id '${type}'.`]);
  const all = fieldsOf(site.settings);
  const startAt = Number(query.get('startAt') ?? 0);
  const maxResults = Math.min(Number(query.get('maxResults') ?? 50), 200);
  const fields = all.slice(startAt, startAt + maxResults);
  return { status: 200, body: { startAt, maxResults, total: all.length, fields } };
}

function editFields(site: JiraSite, { params }: EmulatedRequest): Answer {
  if (!site.issue(params.key ?? '')) return issueNotFound();
  const fields = fieldsOf(site.settings)
    .filter(({ fieldId }) => fieldId !== 'project')
    .map((field) => [field.fieldId, field]);
  return { status: 200, body: { fields: Object.fromEntries(fields) as Json } };
}

/** The fields on the screens, in Jira's format. */
function fieldsOf(settings: JiraSettings): (Json & { fieldId: string })[] {
  const { hiddenFields = [], customFields = [] } = settings;
  const system = SYSTEM_FIELDS.filter(({ id }) => !hiddenFields.includes(id)).map((field) => ({
    required: field.required,
    schema: { type: field.type, system: field.id },
    name: field.name,
    key: field.id,
    fieldId: field.id,
    hasDefaultValue: field.id === 'priority',
    operations: ['set'],
    ...(field.id === 'priority' && { allowedValues: PRIORITIES }),
  }));
  return [...system, ...customFields.map(renderCustom)];
}

const renderCustom = ({ id, name, type, required, options }: CustomField) => ({
  required,
  schema: { type, custom: `com.atlassian.jira.plugin.system.customfieldtypes:${type}` },
  name,
  key: id,
  fieldId: id,
  hasDefaultValue: false,
  operations: ['set'],
  ...(options && { allowedValues: options.map((value, at) => ({ id: `${10_300 + at}`, value })) }),
});

/** The problem of a custom field's value; null if it is accepted. */
export function customFieldProblem(field: CustomField, value: unknown): string | null {
  const { name, type, options } = field;
  const object = typeof value === 'object' && value !== null ? (value as Json) : null;
  switch (type) {
    case 'string':
      return typeof value === 'string' ? null : 'Operation value must be a string';
    case 'number':
      return typeof value === 'number' ? null : 'Operation value must be a number';
    case 'option': {
      const known = (options ?? []).some(
        (option, at) => object?.value === option || object?.id === `${10_300 + at}`,
      );
      return known ? null : `Option value is not valid for field '${name}'`;
    }
    case 'user':
      return typeof object?.accountId === 'string' ? null : 'Specify a valid user';
  }
}
