import type { NoInput, OktaPage, Paging } from './types.ts';

/** Who did something, or to whom it was done. */
export interface OktaLogParty {
  id: string | null;
  /** `User`, `AppUser`, `UserGroup`, `AppInstance`, … */
  type: string | null;
  /** Login of a person; null for everything else. */
  login: string | null;
}
/**
 * One entry of the System Log; details and what free text says besides plain words are left out.
 */
export interface OktaLogEvent {
  uuid: string;
  /** ISO 8601. */
  published: string;
  eventType: string;
  severity: string | null;
  outcome: string | null;
  /** A code, or a sentence in which everything but plain words is replaced by `…`. */
  reason: string | null;
  actor: OktaLogParty | null;
  targets: OktaLogParty[];
  ipAddress: string | null;
  country: string | null;
  /** Whether the client came through a proxy, as far as Okta says. */
  isProxy: boolean | null;
  /** Behaviours that Okta found positive, such as `New Device`. */
  behaviors: string[];
  /** Names of the apps among the targets. */
  apps: string[];
  /** Ids and names of the identity provider of a sign-in. */
  idps: string[];
}

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
   * `since` and `until` are ISO 8601; at most 1,000 entries a page. With `until` the last page has no `next`; without,
   * `next` is always there: it is where a later look goes on, the same again where nothing has happened since.
   */
  'logs:read': {
    input: {
      since?: string;
      until?: string;
      filter?: string;
      q?: string;
      sortOrder?: 'ASCENDING' | 'DESCENDING';
    } & Paging;
    /** `malformed`: entries of the page that are none, passed over. */
    output: OktaPage<OktaLogEvent> & { malformed: number };
  };
  'domains:read': { input: NoInput; output: OktaDomain[] };
  /** Users who hold an administrator role. */
  'iam:read_assignees': { input: Paging; output: OktaPage<OktaAssignee> };
  'org:read': { input: NoInput; output: OktaOrgSettings };
}
