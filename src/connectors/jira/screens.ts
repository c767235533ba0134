/** Reads the screens of Jira: which fields a new issue may and must have. */

import type { ScreenField } from '../../mfa/screen-fields.ts';
import { readPages } from '../pages.ts';
import type { JiraOperations } from './types.ts';

type Read = JiraOperations['issues:read'];
/** Makes one call of `issues:read`. */
export type ReadIssues = (input: Read['input']) => Promise<Read['output']>;

/** The create screen of an issue type, or the types that the project offers instead. */
export type CreateScreenResult =
  { isOffered: true; fields: ScreenField[] } | { isOffered: false; offered: string[] };

const LIST = { connector: 'jira', operation: 'issues:read' } as const;

/** Reads the create screen of an issue type, given by its name. Throws as `read` does. */
export async function readCreateScreen(
  read: ReadIssues,
  { project, issueType }: { project: string; issueType: string },
): Promise<CreateScreenResult> {
  const types: Read['output']['issueTypes'] = [];
  const pagesOfTypes = readPages(LIST, (next) => read({ by: 'issue_types', project, next }));
  for await (const { issueTypes } of pagesOfTypes) types.push(...issueTypes);
  const wanted = types.find(({ name }) => name === issueType);
  if (!wanted) return { isOffered: false, offered: types.map(({ name }) => name) };
  const fields: ScreenField[] = [];
  const pagesOfFields = readPages(LIST, (next) =>
    read({ by: 'create_fields', project, issueType: wanted.id, next }),
  );
  for await (const page of pagesOfFields) fields.push(...page.fields);
  return { isOffered: true, fields };
}
