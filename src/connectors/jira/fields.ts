/** Fields of issues: reading their metadata, and encoding their values. */

import { z } from 'zod';
import type { FieldInput, ScreenField, AllowedValue } from '../../mfa/screen-fields.ts';
import type { FieldInputs } from './types.ts';
import type { JiraEdition } from './editions.ts';

const text = z.string().nullish();

const DOCUMENTS = new Set(['description', 'environment']);

const id = z.union([z.string(), z.number()]).nullish();
const plainValue = { id, name: text, value: text };
const allowedValue = z
  .object({ ...plainValue, children: z.array(z.object(plainValue)).nullish().catch(null) })
  .transform(({ children, ...own }): AllowedValue => ({
    ...toValue(own),
    children: (children ?? []).map((child) => ({ ...toValue(child), children: [] })),
  }));

const toValue = (raw: {
  id?: string | number | null | undefined;
  name?: string | null | undefined;
  value?: string | null | undefined;
}): Pick<AllowedValue, 'id' | 'name'> => ({
  id: raw.id === null || raw.id === undefined ? null : String(raw.id),
  name: raw.name ?? raw.value ?? '',
});

const schema = z.object({ type: text, items: text, system: text, custom: text }).nullish();

/** The metadata of one field; `id` is the key of a record, where the metadata itself has none. */
const metadata = z.object({
  fieldId: text,
  key: text,
  name: text,
  required: z.boolean().nullish(),
  hasDefaultValue: z.boolean().nullish(),
  schema,
  allowedValues: z.array(allowedValue).nullish().catch(null),
});

function toScreenField(id: string, field: z.output<typeof metadata>): ScreenField {
  const { type, items, custom } = field.schema ?? {};
  return {
    id,
    name: field.name ?? id,
    required: field.required ?? false,
    hasDefault: field.hasDefaultValue ?? false,
    type: type ?? '',
    items: items ?? null,
    isDocument: DOCUMENTS.has(id) || custom?.endsWith(':textarea') === true,
    allowed: (field.allowedValues ?? []).filter(({ name }) => name !== ''),
  };
}

/** Fields as a record by id, as editmeta and transitions describe them. */
export const fieldRecord = z
  .record(z.string(), metadata)
  .nullish()
  .transform((fields) =>
    Object.entries(fields ?? {}).map(([id, field]) => toScreenField(id, field)),
  );

/** One page of a list with `startAt`; the token of the next page is its start. */
const page = {
  startAt: z.int().nullish(),
  total: z.int().nullish(),
  isLast: z.boolean().nullish(),
};

type Position = z.output<z.ZodObject<typeof page>>;

/** The start of the next page; null at the end. An empty page is the end. */
function nextStart({ startAt, total, isLast }: Position, count: number): string | null {
  const end = (startAt ?? 0) + count;
  const isEnd = isLast ?? (total === null || total === undefined || end >= total);
  return isEnd || count === 0 ? null : String(end);
}

const createFields = z.object({
  ...page,
  fields: z.array(metadata).nullish(),
  values: z.array(metadata).nullish(),
});

/** A page of the fields of a create screen. */
export function parseCreateFields(json: unknown): { fields: ScreenField[]; next: string | null } {
  const { fields, values, ...position } = createFields.parse(json);
  const found = fields ?? values ?? [];
  return {
    fields: found.flatMap((field) => {
      const id = field.fieldId ?? field.key;
      return id ? [toScreenField(id, field)] : [];
    }),
    next: nextStart(position, found.length),
  };
}

const issueType = z.object({ id: z.string(), name: z.string() });
const issueTypes = z.object({
  ...page,
  issueTypes: z.array(issueType).nullish(),
  values: z.array(issueType).nullish(),
});

/** A page of the issue types in which the account may create issues. */
export function parseIssueTypes(json: unknown): {
  issueTypes: { id: string; name: string }[];
  next: string | null;
} {
  const { issueTypes: types, values, ...position } = issueTypes.parse(json);
  const found = types ?? values ?? [];
  return { issueTypes: found, next: nextStart(position, found.length) };
}

export const parseEditFields = (json: unknown): ScreenField[] =>
  z.object({ fields: fieldRecord }).parse(json).fields;

/** The values of fields as Jira takes them. */
export const encodeInputs = (inputs: FieldInputs, edition: JiraEdition): Record<string, unknown> =>
  Object.fromEntries(Object.entries(inputs).map(([id, input]) => [id, toWire(input, edition)]));

function toWire(input: FieldInput, edition: JiraEdition): unknown {
  switch (input.kind) {
    case 'text':
      return input.text;
    case 'document':
      return edition.richText(
        input.text.split('\n').map((line) => ({ type: 'paragraph', text: line })),
      );
    case 'number':
      return input.number;
    case 'choice':
      return { id: input.id, ...(input.child !== undefined && { child: { id: input.child } }) };
    case 'named':
      return { name: input.name };
    case 'user':
      return edition.person(input.accountId);
    case 'list':
      return input.items.map((item) => toWire(item, edition));
  }
}
