import { oktaId } from '../ids.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { notFound, oktaError } from './errors.ts';
import type { FactorSpec, UserRecord } from './model.ts';
import type { OktaOrg } from './org.ts';

/** The authenticators of Identity Engine, and the factor types that belong to each. */
const AUTHENTICATORS: readonly {
  key: string;
  type: string;
  name: string;
  factors: readonly string[];
}[] = [
  { key: 'okta_password', type: 'password', name: 'Password', factors: [] },
  { key: 'okta_email', type: 'email', name: 'Email', factors: ['email'] },
  { key: 'okta_verify', type: 'app', name: 'Okta Verify', factors: ['signed_nonce', 'push'] },
  {
    key: 'google_otp',
    type: 'app',
    name: 'Google Authenticator',
    factors: ['token:software:totp'],
  },
  { key: 'webauthn', type: 'security_key', name: 'FIDO2 (WebAuthn)', factors: ['webauthn', 'u2f'] },
  { key: 'phone_number', type: 'phone', name: 'Phone', factors: ['sms', 'call'] },
  {
    key: 'security_question',
    type: 'security_question',
    name: 'Security Question',
    factors: ['question'],
  },
  { key: 'yubikey_token', type: 'security_key', name: 'YubiKey', factors: ['token:hardware'] },
];
const UNKNOWN = { key: 'external_idp', type: 'federated', name: 'IdP Authenticator', factors: [] };
const CREATED = '2021-05-04T09:00:00.000Z';

/** The organisation's authenticators, and a user's enrolments. */
export function authenticatorRoutes(org: OktaOrg): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/authenticators',
      operation: 'authenticators:read',
      scope: 'okta.authenticators.read',
      handle: ({ origin }) => ({
        status: 200,
        body: AUTHENTICATORS.map(({ factors: _, ...row }, index) =>
          authenticator(org, row, { index, origin }),
        ),
      }),
    },
    {
      method: 'GET',
      path: '/api/v1/users/:id/authenticator-enrollments',
      operation: 'users:read_enrollments',
      scope: 'okta.users.read',
      handle: (request) => enrollments(org, request),
    },
  ];
}

function authenticator(
  org: OktaOrg,
  row: Json,
  { index, origin }: { index: number; origin: string },
): Json {
  const id = oktaId('aut', index, org.seed);
  return {
    ...row,
    id,
    status: 'ACTIVE',
    created: CREATED,
    lastUpdated: CREATED,
    settings: { allowedFor: 'any' },
    _links: {
      self: { href: `${origin}/api/v1/authenticators/${id}`, hints: { allow: ['GET', 'PUT'] } },
    },
  };
}

function enrollments(org: OktaOrg, { params, origin }: EmulatedRequest): Answer {
  const user = org.view(params.id ?? '');
  if (!user || user.vanish) return notFound(params.id ?? '', 'User');
  if (user.denyFactors) return oktaError('E0000006');
  return {
    status: 200,
    body: user.factors.map((factor, place) => enrollment({ org, user, origin }, factor, place)),
  };
}

function enrollment(
  { org, user, origin }: Owner,
  { type, status = 'ACTIVE' }: FactorSpec,
  place: number,
): Json {
  const { factors: _, ...kind } =
    AUTHENTICATORS.find(({ factors }) => factors.includes(type)) ?? UNKNOWN;
  const id = oktaId('aen', user.index * 64 + place, org.seed);
  const since = user.activated ?? user.created;
  return {
    id,
    ...kind,
    status,
    created: since,
    lastUpdated: since,
    profile:
      kind.key === 'phone_number' ? { phoneNumber: org.canaries.phone ?? '+1 XXX-XXX-4242' } : {},
    _links: { self: { href: `${origin}/api/v1/users/${user.id}/authenticator-enrollments/${id}` } },
  };
}

interface Owner {
  org: OktaOrg;
  user: UserRecord;
  origin: string;
}
