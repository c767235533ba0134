import type { RateLimitSettings } from '../rate-limit.ts';
import type { Json } from '../types.ts';

/** One enrolled factor as the emulator keeps it; the row in Okta's form is built when asked for. */
export interface FactorSpec {
  /** Okta's factorType; any string, so that unrecognised ones can be planted. */
  type: string;
  /** Default: the usual provider of the type. */
  provider?: string;
  /** Default ACTIVE. */
  status?: string;
  /** Replaces the generated factor profile. */
  profile?: Json;
}

export interface UserRecord {
  /** Place in the listing; never changes. */
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
  /** Administrator roles, such as SUPER_ADMIN. */
  roles: string[];
  /** Still listed, but detail and factors answer 404 E0000007. */
  vanish?: boolean;
  /** Factors answer 403 E0000006. */
  denyFactors?: boolean;
  /** Open sessions, so that clearing them shows. */
  sessions: number;
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
  /** Null: everybody belongs (the built-in group). */
  members: Set<string> | null;
  /** Administrator roles that its members hold through it. */
  roles: string[];
}

/** A user to add; everything but the login has a default. */
export interface NewUser {
  id?: string;
  login: string;
  status?: string;
  created?: string;
  activated?: string | null;
  lastLogin?: string | null;
  /** Default: when it was activated. */
  passwordChanged?: string | null;
  profile?: Json;
  factors?: readonly FactorSpec[];
  roles?: string[];
  vanish?: boolean;
  denyFactors?: boolean;
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
}

/** What tests and the demo may turn at the Okta emulator while it runs. */
export interface OktaSettings extends RateLimitSettings {
  /**
   * How much later each answer leaves; what it says was decided when the request arrived. Default
   * 0.
   */
  latencyMs?: number;
  /** The SSWS token that is accepted. */
  token: string;
  /** Regular expressions over the path: a match answers 403 E0000006. */
  denyPaths: readonly string[];
  /** The service app that may ask for tokens; null refuses all. `jwk` is its public key. */
  oauth: { clientId: string; jwk: Json; scopes?: readonly string[] } | null;
}

/** Strings planted where secrets and personal data live, so that a leak can be found. */
export interface Canaries {
  phone?: string;
  email?: string;
  totpSeed?: string;
  /** Token in activation and reset links. */
  link?: string;
}
