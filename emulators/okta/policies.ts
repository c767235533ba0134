import { oktaId } from '../ids.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { notFound, oktaError } from './errors.ts';
import type { OktaOrg } from './org.ts';
import { answerPage, links } from './paging.ts';

const CREATED = '2021-05-04T09:00:00.000Z';

/** A policy as stored. */
interface PolicyRecord {
  id: string;
  type: string;
  name: string;
  system: boolean;
  conditions: Json | null;
  rules: readonly Json[];
}

const ANYWHERE = { people: { users: { exclude: [] } }, network: { connection: 'ANYWHERE' } };
const ASSURANCE = {
  factorMode: '2FA',
  type: 'ASSURANCE',
  reauthenticateIn: 'PT12H',
  constraints: [],
};

/** One row per policy: its type, and the actions of its last rule. */
const TABLE: readonly { type: string; name: string; actions: Json }[] = [
  {
    type: 'OKTA_SIGN_ON',
    name: 'Default Policy',
    actions: {
      signon: { access: 'ALLOW', requireFactor: false, primaryFactor: 'PASSWORD_IDP_ANY_FACTOR' },
    },
  },
  {
    type: 'PASSWORD',
    name: 'Default Policy',
    actions: { passwordChange: { access: 'ALLOW' }, selfServicePasswordReset: { access: 'ALLOW' } },
  },
  { type: 'MFA_ENROLL', name: 'Default Policy', actions: { enroll: { self: 'CHALLENGE' } } },
  {
    type: 'IDP_DISCOVERY',
    name: 'Idp Discovery Policy',
    actions: { idp: { providers: [{ type: 'OKTA' }] } },
  },
  {
    type: 'ACCESS_POLICY',
    name: 'Okta Admin Console',
    actions: { appSignOn: { access: 'ALLOW', verificationMethod: ASSURANCE } },
  },
  {
    type: 'ACCESS_POLICY',
    name: 'Any two factors',
    actions: { appSignOn: { access: 'ALLOW', verificationMethod: ASSURANCE } },
  },
  {
    type: 'PROFILE_ENROLLMENT',
    name: 'Default Policy',
    actions: { profileEnrollment: { access: 'ALLOW' } },
  },
];

const TYPES: readonly string[] = [
  ...TABLE.map(({ type }) => type),
  ...['DEVICE_SIGNAL_COLLECTION', 'ENTITY_RISK', 'POST_AUTH_SESSION'],
];

/** Policies by type, and their rules. */
export function policyRoutes(org: OktaOrg): Route[] {
  const everyone = org.groups[0]?.id ?? '';
  const all = TABLE.map(({ actions, ...row }, index): PolicyRecord => ({
    ...row,
    id: oktaId(row.type === 'ACCESS_POLICY' ? 'rst' : '00p', index, org.seed),
    system: row.type !== 'ACCESS_POLICY',
    conditions: row.type === 'PASSWORD' ? { people: { groups: { include: [everyone] } } } : null,
    rules: [ruleOf(oktaId('rul', index, org.seed), row.type, actions)],
  }));
  const get = { method: 'GET', scope: 'okta.policies.read' };
  return [
    {
      ...get,
      path: '/api/v1/policies',
      operation: 'policies:read',
      handle: (request) => list(all, request),
    },
    {
      ...get,
      path: '/api/v1/policies/:id/rules',
      operation: 'policies:read_rules',
      handle: (request) => rules(all, request),
    },
  ];
}

function list(all: readonly PolicyRecord[], request: EmulatedRequest): Answer {
  const type = request.query.get('type') ?? '';
  if (!TYPES.includes(type))
    return oktaError('E0000001', 'type', ['type: a policy type is required']);
  return answerPage<PolicyRecord>(request, {
    all,
    wanted: (policy) =>
      policy.type === type && (request.query.get('status') ?? 'ACTIVE') === 'ACTIVE',
    cursor: ({ id }) => id,
    place: (cursor) =>
      all.some(({ id }) => id === cursor) ? all.findIndex(({ id }) => id === cursor) : null,
    render: (policy, { origin }) => renderPolicy(policy, `${origin}/api/v1/policies`),
    maxLimit: 200,
  });
}

function rules(all: readonly PolicyRecord[], request: EmulatedRequest): Answer {
  const policy = all.find(({ id }) => id === request.params.id);
  if (!policy) return notFound(request.params.id ?? '', 'Policy');
  const base = `${request.origin}/api/v1/policies/${policy.id}/rules`;
  const body = policy.rules.map((rule) => ({
    ...rule,
    _links: { self: { href: `${base}/${String(rule.id)}` } },
  }));
  return { status: 200, headers: { link: links(request, null) }, body };
}

/** A policy in Okta's format; `base` is the address of its listing. */
export function renderPolicy({ rules: _rules, ...policy }: PolicyRecord, base: string): Json {
  const self = `${base}/${policy.id}`;
  return {
    ...policy,
    status: 'ACTIVE',
    description: policy.name,
    priority: 1,
    created: CREATED,
    lastUpdated: CREATED,
    _links: {
      self: { href: self, hints: { allow: ['GET', 'PUT', 'DELETE'] } },
      rules: { href: `${self}/rules`, hints: { allow: ['GET', 'POST'] } },
    },
    // As in real answers, although the specification declares an object.
    ...(policy.type === 'ACCESS_POLICY' ? { _embedded: { resourceType: 'APP' } } : {}),
  };
}

const ruleOf = (id: string, type: string, actions: Json): Json => ({
  id,
  type: type === 'OKTA_SIGN_ON' ? 'SIGN_ON' : type,
  name: 'Catch-all Rule',
  status: 'ACTIVE',
  priority: 99,
  system: true,
  created: CREATED,
  lastUpdated: CREATED,
  conditions: type === 'ACCESS_POLICY' ? null : ANYWHERE,
  actions,
});
