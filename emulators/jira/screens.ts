import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { issueNotFound, jiraError } from './errors.ts';
import { ISSUE_TYPES, PRIORITIES } from './model.ts';
import { renderCustomField } from './custom-fields.ts';
import type { JiraSettings, Screen } from './model.ts';
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
      operation: 'issues:read',
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
  if (site.settings.noMetadata) return jiraError(404, ['No such resource.']);
  if (key !== site.project.key && key !== site.project.id)
    return jiraError(400, [`No project could be found with key or id '${key}'.`]);
  const found = ISSUE_TYPES.find(({ id }) => id === type);
  if (!found) return jiraError(400, [`No issue type could be found with id '${type}'.`]);
  const all = fieldsOf(screenOf(site.settings, found.name));
  const startAt = Number(query.get('startAt') ?? 0);
  const most = site.settings.metadataPage ?? 200;
  const maxResults = Math.min(Number(query.get('maxResults') ?? 50), most);
  const fields = all.slice(startAt, startAt + maxResults);
  return { status: 200, body: { startAt, maxResults, total: all.length, fields } };
}

function editFields(site: JiraSite, { params }: EmulatedRequest): Answer {
  const issue = site.issue(params.key ?? '');
  if (!issue) return issueNotFound();
  const { notEditable = [] } = site.settings;
  const fields = fieldsOf(screenOf(site.settings, issue.fields.issuetype))
    .filter(({ fieldId }) => fieldId !== 'project' && !notEditable.includes(fieldId))
    .map((field) => [field.fieldId, field]);
  return { status: 200, body: { fields: Object.fromEntries(fields) as Json } };
}

/** What is on the screens of an issue type. */
export function screenOf(settings: JiraSettings, issueType: string): Required<Screen> {
  const { hiddenFields = [], customFields = [] } = {
    ...settings,
    ...settings.screens?.[issueType],
  };
  return { hiddenFields, customFields };
}

/** The fields on a screen, in Jira's format. */
function fieldsOf({
  hiddenFields,
  customFields,
}: Required<Screen>): (Json & { fieldId: string })[] {
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
  return [...system, ...customFields.map(renderCustomField)];
}
