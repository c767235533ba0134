import type { RateLimitSettings } from '../rate-limit.ts';
import type { Json } from '../types.ts';
import type { OpenIdSettings } from './openid/model.ts';
import type { OktaErrorCode } from './errors.ts';

/** One enrolled factor as stored; its row in Okta's format is built on request. */
export interface FactorSpec {
  /** Okta's factorType; any string, so that unrecognised ones can be added. */
  type: string;
  /** Default: the usual provider of the type. */
  provider?: string;
  /** Default ACTIVE. */
  status?: string;
  /** Replaces the generated factor profile. */
  profile?: Json;
}

export interface UserRecord {
  /** Position in the listing; never changes. */
  index: number;
  id: string;
  status: string;
  created: string;
  activated: string | null;
  statusChanged: string | null;
  lastLogin: string | null;
  lastUpdated: string;
  passwordChanged: string | null;
  profile: Json & { login: string };
  factors: readonly FactorSpec[];
  /** Administrator roles, such as SUPER_ADMIN; `CUSTOM:Label` is a custom role. */
  roles: string[];
  /** Listed, but its detail and factors answer 404 E0000007. */
  vanish?: boolean;
  /** Its factors answer 403 E0000006. */
  denyFactors?: boolean;
  /** Listed in place of its row, for example a malformed one. */
  raw?: unknown;
  /** Number of open sessions, so that clearing them has a visible effect. */
  sessions: number;
  /** Number of OAuth tokens; clearing sessions revokes them only if asked to. */
  oauthTokens: number;
  /** Where the password is, if not at Okta. */
  provider?: 'ACTIVE_DIRECTORY' | 'LDAP' | 'FEDERATION';
}

export interface GroupRecord {
  index: number;
  id: string;
  type: 'OKTA_GROUP' | 'BUILT_IN' | 'APP_GROUP';
  name: string;
  description: string | null;
  created: string;
  lastUpdated: string;
  lastMembershipUpdated: string;
  /** Null: everyone is a member (the built-in group). */
  members: Set<string> | null;
  /** Administrator roles that it grants to its members. */
  roles: string[];
  /** Error codes with which its members or roles are never served, as for some built-in groups. */
  refuses: Partial<Record<'members' | 'roles', OktaErrorCode>>;
}

/** A user to add; everything but the login has a default. */
export interface NewUser {
  id?: string;
  login: string;
  status?: string;
  created?: string;
  activated?: string | null;
  lastLogin?: string | null;
  /** Default: time of activation. */
  passwordChanged?: string | null;
  profile?: Json;
  factors?: readonly FactorSpec[];
  roles?: string[];
  vanish?: boolean;
  denyFactors?: boolean;
  provider?: UserRecord['provider'];
  raw?: unknown;
  /** Group names; missing groups are created. */
  groups?: readonly string[];
}

/** A change to a user from the control server; factors replace all of them. */
export interface UserPatch {
  status?: string;
  profile?: Json;
  factors?: readonly FactorSpec[];
  vanish?: boolean;
  denyFactors?: boolean;
  created?: string;
  activated?: string | null;
  lastLogin?: string | null;
}

/** A group to add; members are ids or logins. */
export interface NewGroup {
  id?: string;
  name: string;
  type?: GroupRecord['type'];
  description?: string | null;
  members?: readonly string[];
  roles?: readonly string[];
  refuses?: GroupRecord['refuses'];
}

/** A service app of the organisation. */
export interface ServiceAppSettings {
  clientId: string;
  jwk: Json;
  scopes?: readonly string[];
  isInactive?: boolean;
  /** Does not accept the proof of possession of token requests. */
  refusesDpop?: boolean;
  /** A policy refuses the address of the caller. */
  isDenied?: boolean;
}

/** Settings of the Okta emulator that tests and the demo may change while it runs. */
export interface OktaSettings extends RateLimitSettings {
  /**
   * Delay of each answer in milliseconds; its content is determined when the request arrives.
   * Default 0.
   */
  latencyMs?: number;
  /** The accepted SSWS token. */
  token: string;
  /** Regular expressions for paths that answer 403 E0000006. */
  denyPaths: readonly string[];
  /** Lists of users and members of groups lead back to their beginning. */
  endlessPages?: boolean;
  /** The service app that may request tokens; null refuses all. `jwk` is its public key. */
  oauth: ServiceAppSettings | null;
  /** How far the clock of the organisation is ahead of this machine's, in milliseconds. */
  clockAheadMs?: number;
  /** Refuses every request as an address outside the allowed network zones: a page, not JSON. */
  isZoneBlocked?: boolean;
  /** Answers as a host without an organisation. */
  isNoOrg?: boolean;
  /** The applications that people sign in to; absent: none. */
  openid?: OpenIdSettings;
}

/**
 * Strings placed where real data contains secrets and personal data, so that leaks can be found.
 */
export interface Canaries {
  phone?: string;
  email?: string;
  totpSeed?: string;
  /** Token in activation and reset links. */
  link?: string;
}
