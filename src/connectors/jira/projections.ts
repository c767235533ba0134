import { z } from 'zod';
import { AnonymousAnswer, NotFoundInAnswer } from '../pipeline/call-vendor.ts';
import { plainText } from './adf.ts';
import { fieldRecord, parseCreateFields, parseEditFields, parseIssueTypes } from './fields.ts';
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

const transition = z
  .object({
    id: z.string(),
    name: z.string(),
    to: status,
    fields: fieldRecord,
  })
  .transform(({ id, name, to, fields }): JiraTransition => ({
    id,
    name,
    toStatus: to.name,
    toCategory: to.statusCategory,
    fields,
  }));

/** A page of a search: with the token of the next one (Cloud), or with its offset (Data Center). */
const searchPage = z.object({
  issues: z.array(issue),
  nextPageToken: text,
  startAt: z.int().nonnegative().nullish(),
  total: z.int().nonnegative().nullish(),
});
const created = z.object({ id, key: issueKey });
const comment = z.object({ id: z.string().regex(/^\d{1,20}$/) });
const project = z.object({
  key: z.string(),
  name: z.string(),
  archived: z.boolean().nullish(),
  issueTypes: z.array(z.object({ id: z.string(), name: z.string() })).nullish(),
});
/** Cloud names people by their account id, Data Center by a key or a name. */
const account = z
  .object({ accountId: text, key: text, name: text, displayName: text })
  .transform(({ accountId, key, name, displayName }) => ({
    accountId: accountId || key || name || null,
    displayName: displayName ?? null,
  }));

const read = (part: Partial<Read>): Read => ({
  issues: [],
  next: null,
  transitions: [],
  issueTypes: [],
  fields: [],
  ...part,
});

/** Reads the response to each form of `issues:read`. */
export const READERS = {
  key: (json: unknown): Read => read({ issues: [issue.parse(json)] }),
  jql: (json: unknown): Read => {
    const page = searchPage.parse(json);
    return read({ issues: page.issues, next: page.nextPageToken || nextOffset(page) });
  },
  transitions: (json: unknown): Read =>
    read({ transitions: z.object({ transitions: z.array(transition) }).parse(json).transitions }),
  issue_types: (json: unknown): Read => read(parseIssueTypes(json)),
  create_fields: (json: unknown): Read => read(parseCreateFields(json)),
  edit_fields: (json: unknown): Read => read({ fields: parseEditFields(json) }),
};

/** Where the next page of Data Center begins; null at the end, also if the rest is not visible. */
function nextOffset({ issues, startAt, total }: z.infer<typeof searchPage>): string | null {
  const next = (startAt ?? 0) + issues.length;
  return issues.length > 0 && next < (total ?? 0) ? String(next) : null;
}

export const parseCreated = (json: unknown): { id: string; key: string } => created.parse(json);
export const parseComment = (json: unknown): { id: string } => comment.parse(json);

export function parseProject(json: unknown): JiraOperations['projects:read']['output'] {
  const { key, name, archived, issueTypes } = project.parse(json);
  return { key, name, isArchived: archived ?? false, issueTypes: issueTypes ?? [] };
}

const permissions = z.object({
  permissions: z.record(z.string(), z.object({ havePermission: z.boolean().nullish() })),
});

/** The keys of the permissions that the account has. */
export function parsePermissions(json: unknown): { granted: string[] } {
  const rows = Object.entries(permissions.parse(json).permissions);
  return { granted: rows.filter(([, row]) => row.havePermission === true).map(([key]) => key) };
}

const foundUser = z
  .object({ accountId: text, name: text, emailAddress: text, active: z.boolean().nullish() })
  .transform(({ accountId, name, ...rest }) => ({ ...rest, accountId: accountId || name || '' }))
  .refine(({ accountId }) => accountId !== '');

/**
 * The user with an address among those found for it. Jira may hide addresses, so a single result
 * without one is that user; several are none.
 */
export function parseFoundUser(json: unknown, email: string): { accountId: string } {
  const users = z
    .array(foundUser)
    .parse(json)
    .filter(({ active }) => active !== false);
  const same = users.filter((user) => user.emailAddress?.toLowerCase() === email.toLowerCase());
  const [hidden, ...others] = users;
  const found =
    same[0] ?? (hidden && others.length === 0 && !hidden.emailAddress ? hidden : undefined);
  if (!found) throw new NotFoundInAnswer();
  return { accountId: found.accountId };
}

/** The account of the token. With an expired token, Jira may respond 200 for an anonymous user. */
export function parseMyself(json: unknown): JiraOperations['myself:read']['output'] {
  z.record(z.string(), z.unknown()).parse(json);
  const parsed = account.safeParse(json);
  const accountId = parsed.data?.accountId ?? null;
  if (!parsed.data || accountId === null) throw new AnonymousAnswer();
  return { accountId, displayName: parsed.data.displayName };
}

const server = z.object({
  version: z.string(),
  /** Absent before Jira 7, which had no Cloud edition with this API. */
  deploymentType: text,
  baseUrl: z.url({ protocol: /^https?$/ }),
});

export function parseServer(json: unknown): JiraOperations['server:read']['output'] {
  const { version, deploymentType, baseUrl } = server.parse(json);
  return {
    edition: deploymentType === 'Cloud' ? 'cloud' : 'data_center',
    version,
    baseUrl: baseUrl.replace(/\/+$/, ''),
  };
}

/** Edits and transitions have an empty response. A body that is not JSON is not from Jira. */
export function parseNothing(json: unknown, body: string): null {
  if (json === undefined && body.trim() !== '') throw new TypeError('neither empty nor JSON');
  return null;
}
