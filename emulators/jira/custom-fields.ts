import { isObject } from '../http.ts';
import type { Json } from '../types.ts';
import { richTextProblem } from './adf.ts';
import type { CustomField, JiraEdition } from './model.ts';

/** How a type of field is described in metadata, and which values it takes. */
interface FieldType {
  schema: { type: string; items?: string };
  /** The name that Jira gives to the type of a custom field. */
  custom: string;
  /** Property that holds the text of an allowed value. */
  label: 'value' | 'name';
  problem(field: CustomField, value: unknown, edition: JiraEdition): string | null;
}

const FIRST_OPTION_ID = 10_300;
const optionId = (at: number): string => `${FIRST_OPTION_ID + at}`;

/** Jira takes an option by id or by its text. */
function optionProblem({ name, options = [] }: CustomField, value: unknown): string | null {
  const given = isObject(value) ? value : {};
  const known = options.some(
    (option, at) => given.value === option || given.name === option || given.id === optionId(at),
  );
  return known ? null : `Option value is not valid for field '${name}'`;
}

const each =
  (problem: FieldType['problem']): FieldType['problem'] =>
  (field, value, edition) =>
    Array.isArray(value)
      ? (value.map((one) => problem(field, one, edition)).find((found) => found !== null) ?? null)
      : 'data was not an array';

const userProblem: FieldType['problem'] = (_field, value, edition) => {
  const { accountId, name } = isObject(value) ? value : {};
  const person = edition === 'cloud' ? accountId : name;
  return typeof person === 'string' ? null : 'Specify a valid user';
};

const TYPES: Record<CustomField['type'], FieldType> = {
  string: {
    schema: { type: 'string' },
    custom: 'textfield',
    label: 'value',
    problem: (_field, value) =>
      typeof value === 'string' ? null : 'Operation value must be a string',
  },
  textarea: {
    schema: { type: 'string' },
    custom: 'textarea',
    label: 'value',
    problem: (_field, value, edition) => richTextProblem(edition, value),
  },
  number: {
    schema: { type: 'number' },
    custom: 'float',
    label: 'value',
    problem: (_field, value) =>
      typeof value === 'number' ? null : 'Operation value must be a number',
  },
  date: {
    schema: { type: 'date' },
    custom: 'datepicker',
    label: 'value',
    problem: (_field, value) =>
      /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? null : `Error parsing date string: ${value}`,
  },
  option: {
    schema: { type: 'option' },
    custom: 'select',
    label: 'value',
    problem: optionProblem,
  },
  options: {
    schema: { type: 'array', items: 'option' },
    custom: 'multicheckboxes',
    label: 'value',
    problem: each(optionProblem),
  },
  user: { schema: { type: 'user' }, custom: 'userpicker', label: 'name', problem: userProblem },
  security: {
    schema: { type: 'securitylevel' },
    custom: 'security',
    label: 'name',
    problem: optionProblem,
  },
  components: {
    schema: { type: 'array', items: 'component' },
    custom: 'components',
    label: 'name',
    problem: each(optionProblem),
  },
};

/** Metadata of a further field of a screen, in Jira's format. */
export function renderCustomField({ id, name, type, required, hasDefault, options }: CustomField) {
  const { schema, custom, label } = TYPES[type];
  const kind = id.startsWith('customfield_')
    ? { custom: `com.atlassian.jira.plugin.system.customfieldtypes:${custom}` }
    : { system: id };
  return {
    required,
    schema: { ...schema, ...kind },
    name,
    key: id,
    fieldId: id,
    hasDefaultValue: hasDefault === true,
    operations: ['set'],
    ...(options && {
      allowedValues: options.map((value, at) => ({ id: optionId(at), [label]: value })),
    }),
  } satisfies Json;
}

/** The problem of a further field's value; null if it is accepted. */
export const customFieldProblem = (
  field: CustomField,
  value: unknown,
  edition: JiraEdition,
): string | null => TYPES[field.type].problem(field, value, edition);
