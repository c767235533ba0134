import { afterAll, beforeAll, describe, expect } from 'vitest';
import { startEmulators } from '../../emulators/start.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import { openApiOf } from '../support/openapi.ts';
import { itWithReference, readReference, recordedPairs } from '../support/reference.ts';
import type { RecordedPair } from '../support/reference.ts';
import { shapeGaps } from '../support/shape.ts';
import { oktaCalls } from '../support/vendor-calls.ts';
import type { PlainCall } from '../support/vendor-calls.ts';

const TYPES =
  'call email push question signed_nonce sms token token:hardware token:hotp token:software:totp u2f web webauthn'.split(
    ' ',
  );

/**
 * Fields of recorded responses that only some objects have: custom attributes, and fields added by
 * a state.
 */
const OPTIONAL = [
  '/profile/array123',
  '/transitioningToStatus',
  '/credentials/',
  '/_links/reactivate',
  '/_links/activate',
  '/_links/suspend',
  '/_links/unsuspend',
  '/_links/resetPassword',
  '/_links/expirePassword',
  '/_links/resetFactors',
  '/_links/forgotPassword',
  '/_links/changeRecoveryQuestion',
  '/_links/changePassword',
  '/_links/deactivate',
  '/_links/delete',
  '/_embedded',
  // Actions of a single factor: here, the list of security questions.
  '/_links/questions',
];

/** Fields that only one kind of application, policy or assignment has. */
const OF_ONE_KIND: Record<string, readonly string[]> = {
  apps: [
    '/settings/',
    '/visibility/appLinks/',
    '/_links/',
    '/features',
    '/credentials/',
    '/licensing',
    '/universalLogout',
  ],
  policies: ['/settings', '/conditions/', '/_links/mappings', '/_links/deactivate', '/description'],
  authz: ['/_links/'],
  domains: ['/domains/0/_links'],
  x: ['/profile/'],
};

let emulators: RunningEmulators;
let okta: PlainCall;
const specification = openApiOf('okta');

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  okta = oktaCalls(emulators.document);
  for (const status of ['ACTIVE', 'STAGED', 'PROVISIONED', 'DEPROVISIONED', 'SUSPENDED']) {
    emulators.okta.addUser({
      login: `${status.toLowerCase()}.user@contract.example`,
      status,
      groups: ['Contract'],
    });
  }
  const factors = TYPES.flatMap((type) => [{ type }, { type, status: 'PENDING_ACTIVATION' }]);
  emulators.okta.addUser({ login: 'every.factor@contract.example', factors, groups: ['Contract'] });
});
afterAll(() => emulators.close());

/** The request to the emulator that corresponds to each recorded one. */
type Asked = { method: string; path: string; body?: unknown };
const OURS: Record<string, (pair: RecordedPair) => Asked | Promise<Asked>> = {
  'users:read': () => ({ method: 'GET', path: '/api/v1/users?limit=200' }),
  'users:read_detail': ({ response }) => ({
    method: 'GET',
    path: `/api/v1/users/${like(response.body)}`,
  }),
  'users:create': ({ request }) => ({ method: 'POST', path: '/api/v1/users', body: request.body }),
  'users:update': ({ request, response }) => ({
    method: request.method,
    path: `/api/v1/users/${like(response.body)}`,
    body: { profile: (request.body as { profile: unknown }).profile },
  }),
  'users:deactivate': () => ({
    method: 'POST',
    path: `/api/v1/users/${fresh('ACTIVE')}/lifecycle/deactivate`,
  }),
  'users:activate': () => ({
    method: 'POST',
    path: `/api/v1/users/${fresh('STAGED')}/lifecycle/activate`,
  }),
  'groups:read': () => ({ method: 'GET', path: '/api/v1/groups?q=Contract' }),
  'groups:read_detail': () => ({ method: 'GET', path: `/api/v1/groups/${groupId()}` }),
  'groups:read_members': () => ({
    method: 'GET',
    path: `/api/v1/groups/${groupId()}/users?limit=200`,
  }),
  'groups:create': ({ request }) => ({
    method: 'POST',
    path: '/api/v1/groups',
    body: request.body,
  }),
  'groups:update': ({ request }) => ({
    method: 'PUT',
    path: `/api/v1/groups/${groupId()}`,
    body: request.body,
  }),
  'groups:add_member': () => ({
    method: 'PUT',
    path: `/api/v1/groups/${groupId()}/users/${userId('ACTIVE')}`,
  }),
  'groups:remove_member': () => ({
    method: 'DELETE',
    path: `/api/v1/groups/${groupId()}/users/${fresh('ACTIVE')}`,
  }),
  'groups:delete': () => ({
    method: 'DELETE',
    path: `/api/v1/groups/${emulators.okta.addGroup({ name: 'Gone' }).id}`,
  }),
  'apps:read': () => ({ method: 'GET', path: '/api/v1/apps' }),
  'apps:read_detail': () => ({ method: 'GET', path: `/api/v1/apps/${appId()}` }),
  'apps:remove_user': () => ({
    method: 'DELETE',
    path: `/api/v1/apps/${appId()}/users/${assigned()}`,
  }),
  'authz:read': () => ({ method: 'GET', path: '/api/v1/authorizationServers' }),
  'authz:read_policies': () => ({
    method: 'GET',
    path: '/api/v1/authorizationServers/default/policies',
  }),
  'domains:read': () => ({ method: 'GET', path: '/api/v1/domains' }),
  'policies:read': ({ request }) => ({ method: 'GET', path: `/api/v1/policies?${request.query}` }),
  'x:app_users': () => ({ method: 'GET', path: `/api/v1/apps/${appId()}/users` }),
  'x:assign_user_post': () => ({
    method: 'POST',
    path: `/api/v1/apps/${appId()}/users`,
    body: { id: fresh('ACTIVE') },
  }),
  'x:user_roles': () => ({ method: 'GET', path: `/api/v1/users/${administrator()}/roles` }),
  'x:user_groups': () => ({ method: 'GET', path: `/api/v1/users/${userId('ACTIVE')}/groups` }),
  'x:get_factor': async ({ response }) => {
    const path = `/api/v1/users/${emulators.okta.user('every.factor@contract.example')?.id}/factors`;
    const rows = (await okta('GET', path)).body as { id: string; factorType: string }[];
    const { factorType } = response.body as { factorType: string };
    return {
      method: 'GET',
      path: `${path}/${rows.find((row) => row.factorType === factorType)?.id}`,
    };
  },
};

/** A user with the recorded status and profile attributes. */
function like(recorded: unknown): string {
  const { status, profile } = recorded as { status: string; profile: Record<string, unknown> };
  return fresh(status, profile);
}
function userId(status: string): string {
  return emulators.okta.user(`${status.toLowerCase()}.user@contract.example`)?.id ?? fresh(status);
}
let freshUsers = 0;
function fresh(status: string, profile: Record<string, unknown> = {}): string {
  freshUsers += 1;
  return emulators.okta.addUser({
    login: `fresh.user${freshUsers}@contract.example`,
    status,
    profile,
  }).id;
}
function administrator(): string {
  const known = emulators.okta.user('an.administrator@contract.example');
  const login = 'an.administrator@contract.example';
  return (known ?? emulators.okta.addUser({ login, roles: ['SUPER_ADMIN'], groups: ['Contract'] }))
    .id;
}
function appId(): string {
  const apps = emulators.okta.apps;
  const label = 'Contract';
  return (
    apps.all.find((app) => app.label === label) ?? apps.add({ label, users: [administrator()] })
  ).id;
}
function assigned(): string {
  const id = fresh('ACTIVE');
  emulators.okta.apps.get(appId())?.users.set(id, '2026-01-05T00:00:00.000Z');
  return id;
}
function groupId(): string {
  return emulators.okta.groups[1]?.id ?? '';
}

const covered = (): RecordedPair[] =>
  recordedPairs().filter(({ operation, response }) => operation in OURS && response.status < 400);

describe('the emulated Okta, against recordings of real organisations', () => {
  itWithReference('has recordings to compare', () => {
    expect(covered().length).toBeGreaterThan(20);
    expect(new Set(covered().map(({ operation }) => operation)).size).toBe(
      Object.keys(OURS).length,
    );
  });

  itWithReference.for(covered)(
    '$name: returns the same status and every recorded field',
    async (pair) => {
      const asked = await OURS[pair.operation]?.(pair);
      const answer = await okta(asked?.method ?? '', asked?.path ?? '', asked?.body);
      expect(answer.status).toBe(pair.response.status);
      const kind = OF_ONE_KIND[pair.operation.split(':')[0] ?? ''] ?? [];
      const allowed = [...OPTIONAL, ...kind].flatMap((path) => [path, `/0${path}`]);
      expect(shapeGaps(pair.response.body ?? undefined, answer.body ?? undefined, allowed)).toEqual(
        [],
      );
    },
  );

  itWithReference('has the fields of a recorded error in its errors', async () => {
    const recorded = recordedPairs().find(({ response }) => response.status === 400);
    const answer = await okta('POST', '/api/v1/users', {
      profile: { firstName: 'No', lastName: 'Login' },
    });
    expect(answer.status).toBe(400);
    expect(shapeGaps(recorded?.response.body, answer.body)).toEqual([]);
    expect(Object.keys(answer.body as object)).toEqual(
      Object.keys(recorded?.response.body as object),
    );
  });

  itWithReference('links pages as in recorded responses', async () => {
    const linked = recordedPairs().find(({ response }) =>
      String(response.headers.link).includes('rel="self"'),
    );
    const form = /^<https?:\/\/[^/]+\/api\/v1\/[^>]+>; rel="self"$/;
    expect(String(linked?.response.headers.link)).toMatch(form);
    const answer = await okta('GET', '/api/v1/users?limit=200');
    expect(answer.headers.get('link')).toMatch(form);
  });
});

describe('the emulated Okta, against the specification', () => {
  // Real responses have nulls that the specification does not declare (MANIFEST); ours have the
  // same ones.
  const DEVIATIONS = [
    /(mobilePhone|secondEmail|description|RedirectUrl|externalId|legacyEventType|outcome\/reason) must be string/,
    // A discriminator, which this check does not read, distinguishes standard from custom roles.
    /must match exactly one schema in oneOf/,
  ];
  const reads = [
    ['list of users', () => '/api/v1/users'],
    ['user', () => `/api/v1/users/${userId('ACTIVE')}`],
    [
      'factors of every type',
      () => `/api/v1/users/${emulators.okta.user('every.factor@contract.example')?.id}/factors`,
    ],
    ['groups of a user', () => `/api/v1/users/${userId('ACTIVE')}/groups`],
    ['list of groups', () => '/api/v1/groups'],
    ['group', () => `/api/v1/groups/${groupId()}`],
    ['members of a group', () => `/api/v1/groups/${groupId()}/users`],
    ['organisation', () => '/api/v1/org'],
    ['roles of a user', () => `/api/v1/users/${administrator()}/roles`],
    ['application links', () => `/api/v1/users/${administrator()}/appLinks`],
    ['roles of a group', () => `/api/v1/groups/${groupId()}/roles`],
    ['holders of roles', () => '/api/v1/iam/assignees/users'],
    ['list of applications', () => '/api/v1/apps'],
    ['application', () => `/api/v1/apps/${appId()}`],
    ['users of an application', () => `/api/v1/apps/${appId()}/users`],
    ['authorization servers', () => '/api/v1/authorizationServers'],
    ['policies of an authorization server', () => '/api/v1/authorizationServers/default/policies'],
    ['policies', () => '/api/v1/policies?type=PASSWORD'],
    ['log', () => '/api/v1/logs?limit=5'],
    ['domains', () => '/api/v1/domains'],
    ['missing user', () => '/api/v1/users/00u00000000000000000'],
  ] as const;

  itWithReference.for(reads)('%s conforms', async ([, pathOf]) => {
    const path = pathOf();
    const { status, body } = await okta('GET', path);
    const problems = specification.response({
      method: 'GET',
      path: path.replace(/\?.*/, ''),
      status,
      body,
    });
    expect(problems.filter((problem) => !DEVIATIONS.some((known) => known.test(problem)))).toEqual(
      [],
    );
  });

  itWithReference(
    "has the profile fields of the specification's example for every factor type",
    async () => {
      const examples = Object.values(
        readReference<Record<string, unknown>>('okta', 'spec-factor-examples.json'),
      ).flat();
      const path = `/api/v1/users/${emulators.okta.user('every.factor@contract.example')?.id}/factors`;
      const rows = (await okta('GET', path)).body as Record<string, unknown>[];
      const compared = examples
        .filter(
          (one): one is Record<string, unknown> =>
            typeof one === 'object' && one !== null && 'factorType' in one,
        )
        .filter(({ status }) => status === 'ACTIVE');
      expect(compared.length).toBeGreaterThan(8);
      const lacking = compared.flatMap((example) => {
        const ours = rows.find(
          ({ factorType, status }) => factorType === example.factorType && status === 'ACTIVE',
        );
        return shapeGaps(example, ours, [...OPTIONAL, '/_links', '/profile/phoneExtension']).map(
          (gap) => `${String(example.factorType)}${gap}`,
        );
      });
      expect(lacking).toEqual([]);
    },
  );
});
