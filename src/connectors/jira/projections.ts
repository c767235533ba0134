import { z } from 'zod';
import { AnonymousAnswer } from '../pipeline/call-vendor.ts';
import { plainText } from './adf.ts';
import { issueKey } from './inputs.ts';
import type { JiraIssue, JiraOperations, JiraTransition } from '../types.ts';

type Read = JiraOperations['issues:read']['output'];

const text = z.string().nullish();
const id = z.string().regex(/^\d{1,20}$/);

// Jira's key for "no category" is the text `undefined`.
const category = z
  .object({ key: text })
  .nullish()
  .transform((raw) => CATEGORIES[raw?.key ?? ''] ?? 'indeterminate');
const CATEGORIES: Readonly<Record<string, JiraIssue['statusCategory']>> = {
  new: 'new',
  undefined: 'new',
  indeterminate: 'indeterminate',
  done: 'done',
};
const status = z.object({ name: z.string(), statusCategory: category });

const issue = z
  .object({
    id,
    key: issueKey,
    fields: z.object({
      labels: z.array(z.string()).nullish(),
      status,
      created: text,
      comment: z.object({ comments: z.array(z.object({ body: z.unknown() })).nullish() }).nullish(),
    }),
  })
  .transform(({ id, key, fields }): JiraIssue => ({
    id,
    key,
    labels: fields.labels ?? [],
    status: fields.status.name,
    statusCategory: fields.status.statusCategory,
    created: fields.created ?? null,
    comments: (fields.comment?.comments ?? []).map(({ body }) => plainText(body)),
  }));

const screenField = z.object({
  required: z.boolean().nullish(),
  allowedValues: z
    .array(z.object({ name: text, value: text }))
    .nullish()
    .catch(null),
});

const transition = z
  .object({
    id: z.string(),
    name: z.string(),
    to: status,
    fields: z.record(z.string(), screenField).nullish(),
  })
  .transform(({ id, name, to, fields }): JiraTransition => ({
    id,
    name,
    toStatus: to.name,
    toCategory: to.statusCategory,
    fields: Object.entries(fields ?? {}).map(([field, { required, allowedValues }]) => ({
      id: field,
      required: required ?? false,
      allowed: (allowedValues ?? []).flatMap((value) => value.name ?? value.value ?? []),
    })),
  }));

const searchPage = z.object({ issues: z.array(issue), nextPageToken: text });
const created = z.object({ id, key: issueKey });
const comment = z.object({ id: z.string().regex(/^\d{1,20}$/) });
const project = z.object({
  key: z.string(),
  name: z.string(),
  issueTypes: z.array(z.object({ id: z.string(), name: z.string() })).nullish(),
});
const account = z.object({ accountId: z.string().min(1), displayName: text });

const read = (part: Partial<Read>): Read => ({ issues: [], next: null, transitions: [], ...part });

/** Reads the response to each form of `issues:read`. */
export const READERS = {
  key: (json: unknown): Read => read({ issues: [issue.parse(json)] }),
  jql: (json: unknown): Read => {
    const { issues, nextPageToken } = searchPage.parse(json);
    return read({ issues, next: nextPageToken ?? null });
  },
  transitions: (json: unknown): Read =>
    read({ transitions: z.object({ transitions: z.array(transition) }).parse(json).transitions }),
};

export const parseCreated = (json: unknown): { id: string; key: string } => created.parse(json);
export const parseComment = (json: unknown): { id: string } => comment.parse(json);

export function parseProject(json: unknown): JiraOperations['projects:read']['output'] {
  const { key, name, issueTypes } = project.parse(json);
  return { key, name, issueTypes: issueTypes ?? [] };
}

/** The account of the token. With an expired token, Jira may respond 200 for an anonymous user. */
export function parseMyself(json: unknown): JiraOperations['myself:read']['output'] {
  z.record(z.string(), z.unknown()).parse(json);
  const parsed = account.safeParse(json);
  if (!parsed.success) throw new AnonymousAnswer();
  return { accountId: parsed.data.accountId, displayName: parsed.data.displayName ?? null };
}

/** Edits and transitions have an empty response. A body that is not JSON is not from Jira. */
export function parseNothing(json: unknown, body: string): null {
  if (json === undefined && body.trim() !== '') throw new TypeError('neither empty nor JSON');
  return null;
}
