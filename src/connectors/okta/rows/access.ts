import { z } from 'zod';
import { expression, noInput, oktaId, pageFields } from '../inputs.ts';
import {
  parseAuthenticators,
  parsePolicies,
  parsePolicy,
  parseRules,
  parseServer,
} from '../projections/access.ts';
import type { OktaAccessOperations } from '../types-access.ts';
import { countEvidence, cursorOf, page, pageEvidence, pagingOf, routeTo, whole } from './shared.ts';
import type { OktaRows } from './shared.ts';

const PAGE_SIZE = 200;

const POLICY_TYPES = [
  'ACCESS_POLICY',
  'DEVICE_SIGNAL_COLLECTION',
  'ENTITY_RISK',
  'IDP_DISCOVERY',
  'MFA_ENROLL',
  'OKTA_SIGN_ON',
  'PASSWORD',
  'POST_AUTH_SESSION',
  'PROFILE_ENROLLMENT',
] as const;

const serversInput = z.strictObject({ q: expression.optional(), ...pageFields(PAGE_SIZE) });
const serverInput = z.strictObject({ authServerId: z.union([oktaId, z.literal('default')]) });
const policiesInput = z.strictObject({
  type: z.enum(POLICY_TYPES),
  status: z.enum(['ACTIVE', 'INACTIVE']).optional(),
  ...pageFields(PAGE_SIZE),
});
const policyInput = z.strictObject({ policyId: oktaId });

const SERVER = '/api/v1/authorizationServers/{authServerId}';

/** Operations on authorization servers, policies, their rules, and authenticators. */
export const accessRows = (origin: string): OktaRows<OktaAccessOperations> => ({
  'authz:read': {
    write: false,
    input: serversInput,
    route: () => routeTo('GET', '/api/v1/authorizationServers'),
    send: async ({ authorizationServerApi }, { q, limit = PAGE_SIZE, after }) =>
      (
        await authorizationServerApi.listAuthorizationServers({
          q,
          limit,
          after: cursorOf({ after }),
        })
      ).getNextPage(),
    project: (answered) =>
      page(parseServer, answered, { origin, path: '/api/v1/authorizationServers' }),
    redact: ({ q, ...pages }) => ({ byName: q !== undefined, ...pagingOf(pages, PAGE_SIZE) }),
    evidence: pageEvidence,
  },
  'authz:read_policies': {
    write: false,
    input: serverInput,
    route: ({ authServerId }) => routeTo('GET', `${SERVER}/policies`, { authServerId }),
    send: async ({ authorizationServerApi }, { authServerId }) =>
      (
        await authorizationServerApi.listAuthorizationServerPolicies({ authServerId })
      ).getNextPage(),
    project: (answered) => {
      const path = `/api/v1/authorizationServers/${answered.input.authServerId}/policies`;
      return whole(parsePolicies(answered.json), answered, { origin, path });
    },
    redact: ({ authServerId }) => ({ authServerId }),
    evidence: countEvidence,
  },
  'policies:read': {
    write: false,
    input: policiesInput,
    route: () => routeTo('GET', '/api/v1/policies'),
    send: async ({ policyApi }, { type, status, limit, after }) => {
      const pages = {
        limit: limit === undefined ? undefined : String(limit),
        after: cursorOf({ after }),
      };
      return (await policyApi.listPolicies({ type, status, ...pages })).getNextPage();
    },
    project: (answered) => page(parsePolicy, answered, { origin, path: '/api/v1/policies' }),
    redact: ({ type, status, ...pages }) => ({
      type,
      status: status ?? null,
      ...pagingOf(pages, null),
    }),
    evidence: pageEvidence,
  },
  'policies:read_rules': {
    write: false,
    input: policyInput,
    route: ({ policyId }) => routeTo('GET', '/api/v1/policies/{policyId}/rules', { policyId }),
    send: async ({ policyApi }, { policyId }) =>
      (await policyApi.listPolicyRules({ policyId })).getNextPage(),
    project: (answered) =>
      whole(parseRules(answered.json), answered, {
        origin,
        path: `/api/v1/policies/${answered.input.policyId}/rules`,
      }),
    redact: ({ policyId }) => ({ policyId }),
    evidence: countEvidence,
  },
  'authenticators:read': {
    write: false,
    input: noInput,
    route: () => routeTo('GET', '/api/v1/authenticators'),
    send: async ({ authenticatorApi }) =>
      (await authenticatorApi.listAuthenticators()).getNextPage(),
    project: (answered) =>
      whole(parseAuthenticators(answered.json), answered, {
        origin,
        path: '/api/v1/authenticators',
      }),
    redact: () => ({}),
    evidence: countEvidence,
  },
});
