/** Okta's applications, authorization servers, policies and authenticators. */

import type { NoInput, OktaPage, Paging } from './types.ts';

export interface OktaApp {
  id: string;
  /** Okta's name for the kind of application, such as `oidc_client`. */
  name: string | null;
  label: string;
  status: string | null;
  signOnMode: string | null;
  created: string | null;
  lastUpdated: string | null;
}
/** A user's assignment to an application, without its profile and credentials. */
export interface OktaAppUser {
  id: string;
  /** `USER` if assigned directly, `GROUP` if assigned through a group. */
  scope: string | null;
  status: string | null;
  /** `ERROR` if provisioning at the application failed. */
  syncState: string | null;
  created: string | null;
  lastUpdated: string | null;
}
export interface OktaAppGroup {
  id: string;
  priority: number | null;
  lastUpdated: string | null;
}

interface OneApp {
  appId: string;
}

/** Operations on applications and their assignments. */
export interface OktaAppOperations {
  /** `filter`: Okta's expression, such as `status eq "ACTIVE"`; `q`: start of a name or label. */
  'apps:read': { input: { q?: string; filter?: string } & Paging; output: OktaPage<OktaApp> };
  'apps:read_detail': { input: OneApp; output: OktaApp };
  'apps:assign_user': { input: OneApp & { userId: string }; output: OktaAppUser };
  'apps:remove_user': { input: OneApp & { userId: string; sendEmail?: boolean }; output: null };
  'apps:read_users': { input: OneApp & { q?: string } & Paging; output: OktaPage<OktaAppUser> };
  'apps:read_groups': { input: OneApp & Paging; output: OktaPage<OktaAppGroup> };
}

export interface OktaAuthorizationServer {
  id: string;
  name: string | null;
  description: string | null;
  audiences: string[];
  issuer: string | null;
  status: string | null;
  created: string | null;
  lastUpdated: string | null;
}
export interface OktaPolicy {
  id: string;
  type: string | null;
  name: string | null;
  status: string | null;
  priority: number | null;
  /** Created by Okta. */
  system: boolean | null;
  created: string | null;
  lastUpdated: string | null;
  /** Groups to which it applies; empty if it names none. */
  groups: string[];
}
export interface OktaPolicyRule {
  id: string;
  type: string | null;
  name: string | null;
  status: string | null;
  priority: number | null;
  system: boolean | null;
  created: string | null;
  lastUpdated: string | null;
  /** Its effect on a sign-in: `ALLOW` or `DENY`; null if it is not about sign-ins. */
  access: string | null;
  /** `1FA` or `2FA` if it requires an assurance level. */
  factorMode: string | null;
}

/** Okta's policy types (Okta Management API 2026.06.3, PolicyType). */
type OktaPolicyType =
  | 'ACCESS_POLICY'
  | 'DEVICE_SIGNAL_COLLECTION'
  | 'ENTITY_RISK'
  | 'IDP_DISCOVERY'
  | 'MFA_ENROLL'
  | 'OKTA_SIGN_ON'
  | 'PASSWORD'
  | 'POST_AUTH_SESSION'
  | 'PROFILE_ENROLLMENT';

/** Operations on authorization servers and policies. `authServerId` may be `default`. */
export interface OktaAccessOperations {
  'authz:read': { input: { q?: string } & Paging; output: OktaPage<OktaAuthorizationServer> };
  'authz:read_policies': { input: { authServerId: string }; output: OktaPolicy[] };
  'policies:read': {
    input: { type: OktaPolicyType; status?: 'ACTIVE' | 'INACTIVE' } & Paging;
    output: OktaPage<OktaPolicy>;
  };
  'policies:read_rules': { input: { policyId: string }; output: OktaPolicyRule[] };
  'authenticators:read': { input: NoInput; output: OktaAuthenticator[] };
}

export interface OktaAuthenticator {
  id: string;
  key: string | null;
  name: string | null;
  type: string | null;
  status: string | null;
}
