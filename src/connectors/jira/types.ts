/** Jira's operations: their arguments and results. */

import type { FieldInput, ScreenField } from '../../mfa/screen-fields.ts';
import type { TextBlock } from '../../mfa/types.ts';
import type { OperationTable } from '../types.ts';

export interface JiraIssue {
  id: string;
  key: string;
  labels: string[];
  status: string;
  /** Jira's status category: `done` means closed. */
  statusCategory: 'new' | 'indeterminate' | 'done';
  /** ISO 8601 or null. */
  created: string | null;
  /** Plain text of each comment, oldest first; empty if not requested. */
  comments: string[];
}

export interface JiraTransition {
  id: string;
  name: string;
  toStatus: string;
  toCategory: 'new' | 'indeterminate' | 'done';
  /** The fields of its screen. */
  fields: ScreenField[];
}

/** Values of fields by id; see `encodeField`. */
export type FieldInputs = Readonly<Record<string, FieldInput>>;

export interface JiraOperations extends OperationTable {
  'issues:create': {
    input: {
      project: string;
      issueType: string;
      summary: string;
      /** Absent if the create screen does not have it. */
      description?: readonly TextBlock[];
      labels: readonly string[];
      priority?: string | null;
      /** YYYY-MM-DD. */
      dueDate?: string | null;
      /** Links the new issue to an earlier one (`Relates`). */
      relatesTo?: string | null;
      /** Further fields. */
      fields?: FieldInputs;
    };
    output: { id: string; key: string };
  };
  /**
   * `by: key` reads one issue consistently, with comments only if requested; a missing issue is
   * ConnectorError not_found. `by: jql` searches the index, which lags behind; `by: transitions`
   * lists the transitions that the workflow allows now. The others read metadata, page by page
   * where `next` is given: `issue_types` those in which the account may create issues,
   * `create_fields` the create screen of a type (by id), `edit_fields` the edit screen of an issue.
   */
  'issues:read': {
    input:
      | { by: 'key'; key: string; comments?: boolean }
      | { by: 'jql'; jql: string; next?: string | null; limit?: number }
      | { by: 'transitions'; key: string }
      | { by: 'issue_types'; project: string; next?: string | null }
      | { by: 'create_fields'; project: string; issueType: string; next?: string | null }
      | { by: 'edit_fields'; key: string };
    output: {
      issues: JiraIssue[];
      next: string | null;
      transitions: JiraTransition[];
      issueTypes: { id: string; name: string }[];
      fields: ScreenField[];
    };
  };
  'issues:update': {
    input: {
      key: string;
      description?: readonly TextBlock[];
      summary?: string;
      addLabels?: readonly string[];
      /** Links this issue to the one it repeats (`Duplicate`). */
      duplicateOf?: string;
    };
    output: null;
  };
  'issues:comment': { input: { key: string; body: readonly TextBlock[] }; output: { id: string } };
  'issues:transition': {
    input: {
      key: string;
      transitionId: string;
      /** Name of the resolution, if the transition has that field. */
      resolution?: string | null;
      /** A comment that is added with the transition. */
      comment?: readonly TextBlock[] | null;
      /** Further fields of its screen. */
      fields?: FieldInputs | undefined;
    };
    output: null;
  };
  'projects:read': {
    input: { project: string };
    output: {
      key: string;
      name: string;
      isArchived: boolean;
      issueTypes: { id: string; name: string }[];
    };
  };
  /** Which of these permissions the account has in a project, by Jira's keys. */
  'permissions:read': {
    input: { project: string; permissions: readonly string[] };
    output: { granted: string[] };
  };
  /**
   * The account of the token; an anonymous response is ConnectorError unauthenticated. `accountId` is
   * the user's key or name in Data Center.
   */
  'myself:read': {
    input: Record<string, never>;
    output: { accountId: string; displayName: string | null };
  };
  /** The edition and version of Jira, and the address of its pages, without a trailing slash. */
  'server:read': {
    input: Record<string, never>;
    output: { edition: 'cloud' | 'data_center'; version: string; baseUrl: string };
  };
  /**
   * The active user with this e-mail address; if there is none, ConnectorError not_found. `accountId`
   * is the user's name in Data Center.
   */
  'users:lookup': { input: { email: string }; output: { accountId: string } };
}
