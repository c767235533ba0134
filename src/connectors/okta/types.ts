/** Okta's users and groups, and the table of all Okta operations. */

import type { Factor } from '../../mfa/types.ts';
import type { OktaAccessOperations, OktaAppOperations } from './types-access.ts';
import type { OktaOrgOperations } from './types-org.ts';

export interface OktaUser {
  id: string;
  status: string;
  /** ISO 8601 or null. */
  created: string | null;
  activated: string | null;
  lastLogin: string | null;
  lastUpdated: string | null;
  login: string;
  email: string | null;
  department: string | null;
  title: string | null;
  userType: string | null;
  /** Name of the manager in the profile, else the manager's id. */
  manager: string | null;
  /** ISO 8601; null if the password is stored elsewhere or was never set. */
  passwordChanged: string | null;
}
/** A user, with the names of the profile attributes that have a value, sorted. */
export interface OktaUserDetail extends OktaUser {
  /** Display name, or else first and last name. */
  name: string | null;
  attributes: string[];
}
export interface OktaGroup {
  id: string;
  name: string;
  type: string | null;
}
/** A group with its details. */
export interface OktaGroupDetail extends OktaGroup {
  description: string | null;
  created: string | null;
  lastUpdated: string | null;
  lastMembershipUpdated: string | null;
  /** Names of the profile attributes that have a value, sorted. */
  attributes: string[];
}
/** A row of a list that could not be read. */
export interface UnreadableRow {
  /** Its place on the page, from 1. */
  place: number;
  /** Its id, of whatever form; null if it has none. */
  id: string | null;
}
export interface OktaPage<Item> {
  items: Item[];
  /** With `skipUnreadable`: the rows that could not be read. */
  unreadable?: UnreadableRow[];
  /** Opaque cursor for `after`; null at the end. An empty page may have one. */
  next: string | null;
}
export type OktaFactor = Factor & { id: string };

/** An administrator role that a user or group holds. */
export interface OktaRole {
  id: string;
  /** `SUPER_ADMIN`, `APP_ADMIN`, …, `CUSTOM`. */
  type: string;
  label: string | null;
  status: string | null;
  /** `USER` or `GROUP`. */
  assignmentType: string | null;
  /** The group through which a user holds it; null for an own role, or if Okta does not say. */
  groupId: string | null;
  /** For a custom role. */
  resourceSet: string | null;
}
/** An authenticator that a user has enrolled (Identity Engine). */
export interface OktaEnrollment {
  id: string;
  /** `okta_verify`, `phone_number`, `webauthn`, … */
  key: string;
  type: string | null;
  name: string | null;
  status: string | null;
  created: string | null;
  lastUpdated: string | null;
}
/** An application as a user sees it, without its URL. */
export interface OktaAppLink {
  id: string;
  label: string | null;
  appName: string | null;
  /** Id of the application. */
  appInstanceId: string | null;
  hidden: boolean | null;
}

/** Attribute values of a profile; null clears an attribute. */
type OktaAttribute = string | number | boolean | null | readonly (string | number)[];
export type OktaProfile = Readonly<Record<string, OktaAttribute>>;

export interface Paging {
  limit?: number;
  after?: string | null;
  /** Skips rows that cannot be read and returns them in `unreadable`. Otherwise the page fails. */
  skipUnreadable?: boolean;
}
type None = Record<string, never>;
export type NoInput = None;
interface OneUser {
  userId: string;
}
interface OneGroup {
  groupId: string;
}

/**
 * Operations on users. Lifecycle calls return nothing, so that links, tokens and temporary
 * passwords never leave the connector.
 */
export interface OktaUserOperations {
  /**
   * At most one of `statuses`, `login` and `email` (exact), `search` (Okta's expression), `q`
   * (start of a name or e-mail).
   */
  'users:read': {
    input: {
      statuses?: readonly string[];
      login?: string;
      email?: string;
      search?: string;
      q?: string;
    } & Paging;
    output: OktaPage<OktaUser>;
  };
  'users:read_detail': { input: OneUser; output: OktaUserDetail };
  /** Created without a password. If `activate` is set (default true), Okta e-mails the user. */
  'users:create': {
    input: { profile: OktaProfile; activate?: boolean; groupIds?: readonly string[] };
    output: OktaUser;
  };
  /**
   * `merge` (default) is a POST: it changes only the attributes in `profile`. `replace` is a PUT on
   * the same path: attributes that are not in `profile` are removed, and the risk is HIGH if there
   * are any.
   */
  'users:update': {
    input: OneUser & { mode?: 'merge' | 'replace'; profile: OktaProfile };
    output: OktaUser;
  };
  'users:activate': { input: OneUser & { sendEmail?: boolean }; output: null };
  'users:deactivate': { input: OneUser & { sendEmail?: boolean }; output: null };
  'users:suspend': { input: OneUser; output: null };
  'users:unsuspend': { input: OneUser; output: null };
  /** `sendEmail` (default true) e-mails the link to the user; it is never returned. */
  'users:reset_password': {
    input: OneUser & { sendEmail?: boolean; revokeSessions?: boolean };
    output: null;
  };
  'users:expire_password': { input: OneUser; output: null };
  /** `oauthTokens` also revokes the tokens of OpenID Connect and OAuth applications. */
  'users:clear_sessions': { input: OneUser & { oauthTokens?: boolean }; output: null };
  'users:read_factors': { input: OneUser; output: OktaFactor[] };
  'users:read_apps': { input: OneUser; output: OktaAppLink[] };
  'users:read_groups': { input: OneUser & Paging; output: OktaPage<OktaGroup> };
  'users:read_roles': { input: OneUser; output: OktaRole[] };
  'users:read_enrollments': { input: OneUser; output: OktaEnrollment[] };
}

/** Operations on groups. */
export interface OktaGroupOperations {
  /**
   * `name` finds groups with exactly this name (there may be several). At most one of `name`,
   * `search` and `q`.
   */
  'groups:read': {
    input: { name?: string; search?: string; q?: string } & Paging;
    output: OktaPage<OktaGroup>;
  };
  'groups:read_detail': { input: OneGroup; output: OktaGroupDetail };
  'groups:create': {
    input: { name: string; description?: string | null };
    output: OktaGroupDetail;
  };
  /**
   * Replaces the whole profile: an omitted description is removed, and so are custom attributes. The
   * risk is HIGH if there are any. Okta has no call that merges.
   */
  'groups:update': {
    input: OneGroup & { name: string; description?: string | null };
    output: OktaGroupDetail;
  };
  'groups:delete': { input: OneGroup; output: null };
  'groups:read_members': { input: OneGroup & Paging; output: OktaPage<OktaUser> };
  'groups:add_member': { input: OneGroup & OneUser; output: null };
  'groups:remove_member': { input: OneGroup & OneUser; output: null };
  'groups:read_roles': { input: OneGroup; output: OktaRole[] };
}

/** Every Okta operation of the catalogue, with its input and output types. */
export interface OktaOperationTypes
  extends
    OktaUserOperations,
    OktaGroupOperations,
    OktaAppOperations,
    OktaAccessOperations,
    OktaOrgOperations {}
