/** What differs between the editions of Jira: one adapter for each. */

import { toAdf } from './adf.ts';
import { toWiki } from './wiki.ts';
import type { TextBlock } from '../../mfa/types.ts';

/** `data_center` is also Jira Server. */
export type JiraEditionName = 'cloud' | 'data_center';

/** A search: the fields of each issue, and the page. */
interface Search {
  jql: string;
  fields: readonly string[];
  limit: number;
  /** What the page before it named as its next one; null for the first page. */
  next: string | null;
}

/** How requests are written for one edition. Responses are read by their form, see projections. */
export interface JiraEdition {
  /** The path for a path of the catalogue, which lists those of Cloud. */
  pathOf(path: string): string;
  /** Text as the value of a rich text field. Nothing that people wrote becomes markup. */
  richText(blocks: readonly TextBlock[]): unknown;
  /** The body of a search. */
  searchBody(search: Search): Record<string, unknown>;
  /** A person as the value of a field: by account id, or by name. */
  person(id: string): Record<string, string>;
  /** The query that finds people by an e-mail address. */
  userQuery(email: string): Record<string, string>;
}

/** The editions by name. */
export const JIRA_EDITIONS: Readonly<Record<JiraEditionName, JiraEdition>> = {
  cloud: {
    pathOf: (path) => path,
    richText: toAdf,
    searchBody: ({ jql, fields, limit, next }) => ({
      jql,
      fields,
      maxResults: limit,
      ...(next !== null && { nextPageToken: next }),
    }),
    person: (accountId) => ({ accountId }),
    userQuery: (query) => ({ query }),
  },
  data_center: {
    pathOf: (path) =>
      path.replace(/^\/rest\/api\/3\//, '/rest/api/2/').replace(/\/search\/jql$/, '/search'),
    richText: toWiki,
    searchBody: ({ jql, fields, limit, next }) => ({
      jql,
      fields,
      maxResults: limit,
      startAt: Number(next ?? 0),
    }),
    person: (name) => ({ name }),
    userQuery: (username) => ({ username }),
  },
};
