import { isObject } from '../http.ts';
import type { Json } from '../types.ts';
import { richTextProblem } from './adf.ts';
import type { CustomField, IssueFields, JiraEdition, RichText } from './model.ts';
import { ISSUE_TYPES, PRIORITIES } from './model.ts';
import { customFieldProblem } from './custom-fields.ts';
import { screenOf } from './screens.ts';
import type { JiraSite } from './site.ts';

/** The parsed fields of a request: the changes, and the problems by field. */
interface FieldsRead {
  changes: Partial<IssueFields>;
  errors: Record<string, string>;
}

type Reader = (
  value: unknown,
  edition: JiraEdition,
) => { changes: Partial<IssueFields> } | { error: string };

const READERS: Record<string, Reader> = {
  summary: readSummary,
  description: readDescription,
  labels: readLabels,
  priority: readPriority,
  issuetype: readIssueType,
  duedate: readDueDate,
  assignee: (value) => ({
    changes: {
      assignee: nameOfUser(value),
    },
  }),
};

/**
 * Parses the fields of a create or edit request as Jira does: every invalid field gets its own
 * message.
 */
export function readFields(
  { settings }: JiraSite,
  fields: Json,
  { issueType, isEdit }: { issueType: string; isEdit: boolean },
): FieldsRead {
  const { customFields, hiddenFields } = screenOf(settings, issueType);
  const hidden = [...hiddenFields, ...(isEdit ? (settings.notEditable ?? []) : [])];
  const read: FieldsRead = { changes: {}, errors: {} };
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'project') continue;
    const custom = customFields.find(({ id }) => id === name);
    const reader =
      Object.hasOwn(READERS, name) && !hidden.includes(name) ? READERS[name] : undefined;
    const result = custom
      ? readCustom({ field: custom, value, edition: settings.edition ?? 'cloud' }, read.changes)
      : (reader?.(value, settings.edition ?? 'cloud') ?? {
          error: `Field '${name}' cannot be set. It is not on the appropriate screen, or unknown.`,
        });
    if ('error' in result) read.errors[name] = result.error;
    else Object.assign(read.changes, result.changes);
  }
  return read;
}

/** The person in a user field: by account id in Cloud, by name in Data Center. */
function nameOfUser(value: unknown): string | null {
  const { accountId, name } = isObject(value) ? value : {};
  return [accountId, name].find((one) => typeof one === 'string') ?? null;
}

function readCustom(
  { field, value, edition }: { field: CustomField; value: unknown; edition: JiraEdition },
  { custom = {} }: Partial<IssueFields>,
): ReturnType<Reader> {
  const problem = customFieldProblem(field, value, edition);
  return problem === null
    ? { changes: { custom: { ...custom, [field.id]: value } } }
    : { error: problem };
}

/** Parses the fields of a new issue, and also checks for required fields. */
export function readNewFields(site: JiraSite, fields: Json): FieldsRead {
  const issueType = nameOfType(fields.issuetype);
  const read = readFields(site, fields, { issueType, isEdit: false });
  const project = isObject(fields.project) ? fields.project : {};
  if (project.key !== site.project.key && project.id !== site.project.id)
    read.errors.project = 'valid project is required';
  if (fields.issuetype === undefined) read.errors.issuetype = 'Specify an issue type';
  if (fields.summary === undefined)
    read.errors.summary = 'You must specify a summary of the issue.';
  for (const { id, name, required, hasDefault } of screenOf(site.settings, issueType).customFields)
    if (required && !hasDefault && fields[id] === undefined)
      read.errors[id] = `${name} is required.`;
  return read;
}

function readSummary(value: unknown): ReturnType<Reader> {
  if (typeof value !== 'string' || value.trim() === '')
    return { error: 'You must specify a summary of the issue.' };
  if (/[\r\n]/.test(value))
    return { error: 'The summary is invalid because it contains newline characters.' };
  if (value.length > 255) return { error: "Summary can't exceed 255 characters." };
  return { changes: { summary: value } };
}

function readDescription(value: unknown, edition: JiraEdition): ReturnType<Reader> {
  if (value === null) return { changes: { description: null } };
  const problem = richTextProblem(edition, value);
  return problem === null ? { changes: { description: value as RichText } } : { error: problem };
}

function readLabels(value: unknown): ReturnType<Reader> {
  if (!Array.isArray(value)) return { error: 'data was not an array' };
  const problem = value.map(labelProblem).find((found) => found !== null);
  return problem ? { error: problem } : { changes: { labels: [...new Set(value as string[])] } };
}

/** Why a label is refused; null if it is accepted. */
export function labelProblem(label: unknown): string | null {
  if (typeof label !== 'string' || label === '') return 'string expected at index 0';
  if (/\s/.test(label)) return `The label '${label}' contains spaces which is invalid.`;
  return label.length > 255 ? `The label '${label}' is longer than 255 characters.` : null;
}

function readPriority(value: unknown): ReturnType<Reader> {
  const found =
    isObject(value) && PRIORITIES.find(({ id, name }) => value.name === name || value.id === id);
  return found
    ? { changes: { priority: found.name } }
    : { error: 'The priority selected is invalid.' };
}

const nameOfType = (value: unknown): string =>
  ISSUE_TYPES.find(({ id, name }) => isObject(value) && (value.name === name || value.id === id))
    ?.name ?? ISSUE_TYPES[0].name;

function readIssueType(value: unknown): ReturnType<Reader> {
  const found =
    isObject(value) && ISSUE_TYPES.find(({ id, name }) => value.name === name || value.id === id);
  return found ? { changes: { issuetype: found.name } } : { error: 'Specify a valid issue type' };
}

function readDueDate(value: unknown): ReturnType<Reader> {
  if (value === null) return { changes: { duedate: null } };
  if (
    typeof value !== 'string' ||
    !/^\d{4}-\d{2}-\d{2}$/.test(value) ||
    Number.isNaN(Date.parse(value))
  ) {
    return { error: `Error parsing date string: ${String(value)}` };
  }
  return { changes: { duedate: value } };
}
