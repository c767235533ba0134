import { z } from 'zod';
import { ADF_LIMIT, adfSize } from './adf.ts';
import { toWiki } from './wiki.ts';

/** `ABC-123`. Other texts are refused, because they could change the path. */
export const issueKey = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,254}-[1-9]\d{0,17}$/, 'must be an issue key, such as SEC-42');
const projectKey = z.string().regex(/^[A-Z][A-Z0-9_]{0,254}$/);
const label = z.string().regex(/^[^\s\p{Cc}]{1,255}$/u);
const transitionId = z.string().regex(/^\d{1,10}$/);
const name = z.string().trim().min(1).max(255);
// Jira refuses line breaks in a summary.
const summary = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\r\n]*$/);

/** Ids of fields, which become keys of a body. */
const fieldId = z.string().regex(/^(?:[a-z][A-Za-z]{1,60}|customfield_\d{1,12})$/);
const fieldText = z.string().max(ADF_LIMIT);
const oneValue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: fieldText }),
  z.strictObject({ kind: z.literal('document'), text: fieldText }),
  z.strictObject({ kind: z.literal('number'), number: z.number() }),
  z.strictObject({ kind: z.literal('choice'), id: fieldText, child: fieldText.optional() }),
  z.strictObject({ kind: z.literal('named'), name: fieldText }),
  z.strictObject({ kind: z.literal('user'), accountId: z.string().min(1).max(255) }),
]);
const fields = z
  .record(
    fieldId,
    z.union([
      oneValue,
      z.strictObject({ kind: z.literal('list'), items: z.array(oneValue).max(500) }),
    ]),
  )
  .optional();

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('paragraph'), text: z.string() }),
  z.strictObject({ type: z.literal('list'), items: z.array(z.string()).min(1) }),
  z.strictObject({
    type: z.literal('link'),
    text: z.string(),
    url: z.url({ protocol: /^https?$/ }),
  }),
]);
const document = z
  .array(block)
  .min(1)
  .refine((blocks) => Math.max(adfSize(blocks), toWiki(blocks).length) <= ADF_LIMIT);

export const createInput = z.strictObject({
  project: projectKey,
  issueType: name,
  summary,
  description: document.optional(),
  labels: z.array(label),
  priority: name.nullish(),
  dueDate: z.iso.date().nullish(),
  relatesTo: issueKey.nullish(),
  fields,
});

/** Where a page of metadata starts. */
const start = z
  .string()
  .regex(/^\d{1,6}$/)
  .nullish();

export const readInput = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('key'), key: issueKey, comments: z.boolean().optional() }),
  z.strictObject({
    by: z.literal('jql'),
    jql: z.string().min(1).max(10_000),
    next: z.string().min(1).max(10_000).nullish(),
    limit: z.int().min(1).max(100).optional(),
  }),
  z.strictObject({ by: z.literal('transitions'), key: issueKey }),
  z.strictObject({ by: z.literal('issue_types'), project: projectKey, next: start }),
  z.strictObject({
    by: z.literal('create_fields'),
    project: projectKey,
    issueType: z.string().regex(/^\d{1,20}$/),
    next: start,
  }),
  z.strictObject({ by: z.literal('edit_fields'), key: issueKey }),
]);

export const updateInput = z
  .strictObject({
    key: issueKey,
    description: document.optional(),
    summary: summary.optional(),
    addLabels: z.array(label).min(1).optional(),
    duplicateOf: issueKey.optional(),
  })
  .refine(({ key: _key, ...changes }) =>
    Object.values(changes).some((change) => change !== undefined),
  );

export const commentInput = z.strictObject({ key: issueKey, body: document });
export const transitionInput = z.strictObject({
  key: issueKey,
  transitionId,
  resolution: name.nullish(),
  comment: document.nullish(),
  fields,
});
export const projectInput = z.strictObject({ project: projectKey });
export const permissionsInput = z.strictObject({
  project: projectKey,
  permissions: z.array(z.string().regex(/^[A-Z_]{1,60}$/)).min(1),
});
export const lookupInput = z.strictObject({
  email: z.string().regex(/^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,255}$/u),
});
export const noInput = z.strictObject({});
