import type { Json } from '../types.ts';

import type { TokenBucketSettings } from './token-bucket.ts';

export type JiraEdition = 'cloud' | 'data_center';
export type StatusCategory = 'new' | 'indeterminate' | 'done';

/** A document of Cloud, or wiki markup of Data Center. */
export type RichText = Json | string;

export interface Status {
  id: string;
  name: string;
  category: StatusCategory;
}

/** The fields of an issue at one time. A change creates a new copy, so that the index can lag. */
export interface IssueFields {
  summary: string;
  description: RichText | null;
  labels: readonly string[];
  issuetype: string;
  priority: string;
  status: Status;
  duedate: string | null;
  resolution: string | null;
  resolutiondate: number | null;
  updated: number;
  assignee: string | null;
  /** Values of custom fields by id. */
  custom?: Json;
}

interface Revision {
  at: number;
  /** Null: deleted. */
  fields: IssueFields | null;
}

export interface Comment {
  id: string;
  body: RichText;
  author: string;
  created: number;
}

export interface IssueLink {
  id: string;
  type: string;
  /** Keys of both issues; the outward one is the object of the type (`duplicates`). */
  inward: string;
  outward: string;
}

export interface Issue {
  id: string;
  key: string;
  created: number;
  fields: IssueFields;
  comments: Comment[];
  /** Oldest first; the last one equals `fields`. */
  revisions: Revision[];
}

export interface SavedFilter {
  id: string;
  name: string;
  jql: string;
  description: string;
}

/** Settings of the Jira emulator that tests may change while it runs. */
export interface JiraSettings {
  /** Default Cloud. Data Center has REST v2, wiki markup and offsets. */
  edition?: JiraEdition;
  /** The path below which Jira is served, such as `/jira`; empty or absent for none. */
  basePath?: string;
  /** Data Center: the rate limit; absent for none. */
  tokenBucket?: TokenBucketSettings;
  token: string;
  email: string;
  /** How long a new or changed issue is missing from search results, in milliseconds. */
  indexLagMs: number;
  /** Removes the transitions from Done. */
  forbidReopen: boolean;
  /** Treats every caller as anonymous, as some instances do for an expired token. */
  anonymous: boolean;
  /** System fields that are not on the screens: setting them is an error. */
  hiddenFields?: readonly string[];
  /** Further fields on the screens. */
  customFields?: readonly CustomField[];
  /** Differences of the screens of single issue types, by the name of the type. */
  screens?: Readonly<Record<string, Screen>>;
  /** System fields that are on the create screens, but not on the edit screens. */
  notEditable?: readonly string[];
  /** Entries per page of metadata, at most. */
  metadataPage?: number;
  /** Permissions that the account of the token lacks, by Jira's keys. */
  lacking?: readonly string[];
  isProjectArchived?: boolean;
  /** What answers in place of the REST API: a page for signing in, or a redirect to one. */
  signIn?: 'page' | 'redirect';
  /** Refuses the account until a person has solved a CAPTCHA. */
  captcha?: boolean;
  /** Does not show the metadata of screens, as a site without that interface. */
  noMetadata?: boolean;
  /** Further accounts of the site. */
  accounts?: readonly Account[];
  /** Keys of archived issues: they can be read, but not changed. */
  archived?: readonly string[];
  /** Refuses comments, as a project without that permission does. */
  refuseComments?: boolean;
  /** The workflow; by default To Do, In Progress and Done. */
  workflow?: readonly Transition[];
  /** Offers the transitions from Done, and refuses them. */
  refuseReopen?: boolean;
  /** Every page of a search has the same next token. */
  repeatPageToken?: boolean;
  /** Each page of a search begins with the last row of the page before it. */
  repeatRows?: boolean;
}

/** What the screens of an issue type have in place of those of the site. */
export interface Screen {
  hiddenFields?: readonly string[];
  customFields?: readonly CustomField[];
}

/** An account that can be found by its address. */
export interface Account {
  accountId: string;
  displayName: string;
  /** Null: hidden, as its owner wishes; the account is found all the same. */
  emailAddress: string | null;
  /** The address by which it is found. */
  foundBy: string;
  active: boolean;
}

/** A further field of the screens: a custom field, or a system field such as `components`. */
export interface CustomField {
  id: string;
  name: string;
  type:
    | 'string'
    | 'textarea'
    | 'number'
    | 'date'
    | 'option'
    | 'options'
    | 'user'
    | 'security'
    | 'components';
  required: boolean;
  hasDefault?: boolean;
  /** The values of an option field. */
  options?: readonly string[];
}

/** A transition of the workflow. */
export interface Transition {
  id: string;
  name: string;
  to: { name: string; category: StatusCategory };
  /** Names of the statuses from which it leads, or their categories. */
  from: readonly string[];
  /** The resolution that it sets, if any. */
  resolution?: string;
  /** Fields of its screen. */
  fields?: readonly TransitionScreenField[];
  reopens?: boolean;
}

/** A field of the screen of a transition: the resolution, the comment, or a further field. */
export interface TransitionScreenField {
  id: string;
  required: boolean;
  /** Describes a further field; by default that of the screens with this id. */
  field?: CustomField;
}

export const STATUSES = [
  { id: '10000', name: 'To Do', category: 'new' },
  { id: '10001', name: 'In Progress', category: 'indeterminate' },
  { id: '10002', name: 'Done', category: 'done' },
] as const satisfies readonly Status[];

/** The resolutions of the site. */
export const RESOLUTIONS = ['Done', "Won't Do", 'Duplicate', 'Cannot Reproduce'] as const;

export const CATEGORIES: Record<StatusCategory, { id: number; name: string; color: string }> = {
  new: { id: 2, name: 'To Do', color: 'blue-gray' },
  indeterminate: { id: 4, name: 'In Progress', color: 'yellow' },
  done: { id: 3, name: 'Done', color: 'green' },
};

export const ISSUE_TYPES = [
  { id: '10003', name: 'Task', description: 'A small, distinct piece of work.', subtask: false },
  { id: '10004', name: 'Bug', description: 'A problem or error.', subtask: false },
  { id: '10005', name: 'Story', description: 'A user goal.', subtask: false },
  { id: '10006', name: 'Epic', description: 'A collection of related work.', subtask: false },
] as const;

export const PRIORITIES = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
  { id: '3', name: 'Medium' },
  { id: '4', name: 'Low' },
  { id: '5', name: 'Lowest' },
] as const;

export const LINK_TYPES = [
  { id: '10000', name: 'Blocks', inward: 'is blocked by', outward: 'blocks' },
  { id: '10001', name: 'Cloners', inward: 'is cloned by', outward: 'clones' },
  { id: '10002', name: 'Duplicate', inward: 'is duplicated by', outward: 'duplicates' },
  { id: '10003', name: 'Relates', inward: 'relates to', outward: 'relates to' },
] as const;
