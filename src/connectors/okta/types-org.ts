/** Okta's organisation, domains and System Log. */

import type { LogEntry } from '../../twin/events/types.ts';
import type { NoInput, OktaPage, Paging } from './types.ts';

export interface OktaDomain {
  /** `default` for the organisation's own. */
  id: string;
  domain: string | null;
  certificateSourceType: string | null;
  validationStatus: string | null;
}
export interface OktaAssignee {
  id: string;
  orn: string | null;
}
export interface OktaOrgSettings {
  id: string;
  companyName: string | null;
  subdomain: string | null;
  status: string | null;
  created: string | null;
  lastUpdated: string | null;
}

/** Operations on the organisation itself and its log. */
export interface OktaOrgOperations {
  /**
   * `since` and `until` are ISO 8601; at most 1,000 entries per page. With `until` the last page
   * has no `next`. Without it there is always a `next`, from which a later read continues; it stays
   * the same while nothing happens.
   */
  'logs:read': {
    input: {
      since?: string;
      until?: string;
      filter?: string;
      q?: string;
      sortOrder?: 'ASCENDING' | 'DESCENDING';
    } & Paging;
    /**
     * `malformed`: the number of entries that could not be read and are skipped; `unreadable` has
     * their uuids, or their places on the page.
     */
    output: Omit<OktaPage<LogEntry>, 'unreadable'> & { malformed: number; unreadable: string[] };
  };
  'domains:read': { input: NoInput; output: OktaDomain[] };
  /** Users who hold an administrator role. */
  'iam:read_assignees': { input: Paging; output: OktaPage<OktaAssignee> };
  'org:read': { input: NoInput; output: OktaOrgSettings };
}
