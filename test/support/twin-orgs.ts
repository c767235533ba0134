import fc from 'fast-check';
import { DEFAULT_TWIN_SETTINGS, STREAMS } from '../../src/twin/types.ts';
import type {
  StreamName,
  StreamState,
  Twin,
  TwinApp,
  TwinGroup,
  TwinUser,
} from '../../src/twin/types.ts';
import { FACTOR_TYPES } from '../../src/mfa/strength.ts';
import type { OracleOrg } from './twin-oracle.ts';

/** The time at which generated organisations are judged. */
export const NOW = '2026-06-01T08:00:00.000Z';
const DAY_MS = 86_400_000;

/** The ISO time this many days before NOW. */
export const daysAgo = (days: number): string =>
  new Date(Date.parse(NOW) - days * DAY_MS).toISOString();

/** Streams in the given state, the others complete. */
export function streams(
  changed: Partial<Record<StreamName, StreamState['state']>> = {},
): StreamState[] {
  return STREAMS.map((name) => {
    const state = changed[name] ?? 'complete';
    return { name, state, count: 1, at: NOW, reason: state === 'complete' ? null : 'planted' };
  });
}

/** An ACTIVE user with a strong factor, created two years ago, who signed in yesterday: no gaps. */
export function user(id: string, changed: Partial<TwinUser> = {}): TwinUser {
  return {
    id,
    login: `${id}@example.com`,
    email: `${id}@example.com`,
    status: 'ACTIVE',
    department: null,
    title: null,
    userType: null,
    created: daysAgo(730),
    activated: daysAgo(730),
    lastLogin: daysAgo(1),
    lastSeen: null,
    passwordChanged: daysAgo(10),
    groups: [],
    factors: factors('webauthn', 'push'),
    roles: [],
    gone: false,
    ...changed,
  };
}

/** ACTIVE factors of these types, from Okta. */
export const factors = (...types: string[]): NonNullable<TwinUser['factors']> =>
  types.map((type, place) => ({ id: `f${place}`, type, provider: 'OKTA', status: 'ACTIVE' }));

/** An ACTIVE app that signs in by SAML. */
export const app = (id: string, changed: Partial<TwinApp> = {}): TwinApp => ({
  id,
  label: `App ${id}`,
  signOnMode: 'SAML_2_0',
  status: 'ACTIVE',
  users: 1,
  groups: 0,
  gone: false,
  ...changed,
});

/** A twin that was read completely, with group `00gadmins` configured as privileged by its name. */
export function twin(changed: Partial<Twin> = {}): Twin {
  return {
    org: 'acme.okta.com',
    run: 'run-1',
    at: NOW,
    streams: streams(),
    groups: GROUPS,
    settings: { ...DEFAULT_TWIN_SETTINGS, privilegedGroups: ['Admins', '00gbyid'] },
    users: [],
    apps: [],
    ...changed,
  };
}

const GROUPS: TwinGroup[] = [
  { id: '00gadmins', name: 'Admins' },
  { id: '00gbyid', name: 'Break glass' },
  { id: '00gstaff', name: 'Staff' },
];

/** The same organisation in the form of the oracle. */
export const forOracle = ({ org, at, users, apps, groups, settings }: Twin): OracleOrg => ({
  org,
  users,
  apps,
  groups,
  now: at,
  privilegedGroups: settings.privilegedGroups,
});

const HOSTILE = [
  '__proto__',
  'constructor',
  'toString',
  '<script>alert(1)</script>',
  '| a | b |',
  '`x`',
  '=cmd()',
];
const label = fc.oneof(
  { weight: 4, arbitrary: fc.constant('Plain name') },
  fc.constantFrom(...HOSTILE),
  fc.string(),
);
const time = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 400 }).map(daysAgo));
const status = fc.oneof(
  { weight: 6, arbitrary: fc.constant('ACTIVE') },
  fc.constantFrom('SUSPENDED', 'DEPROVISIONED', 'STAGED', 'PROVISIONED', 'LOCKED_OUT', '__proto__'),
);
const factor = fc.record({
  id: fc.constant('f'),
  type: fc.oneof(
    { weight: 14, arbitrary: fc.constantFrom(...(FACTOR_TYPES as string[])) },
    fc.constantFrom('passkey9', '__proto__', 'constructor', ''),
  ),
  provider: fc.constantFrom('OKTA', 'OKTA', 'GOOGLE', 'FIDO', null),
  status: fc.oneof(
    { weight: 5, arbitrary: fc.constant('ACTIVE') },
    fc.constantFrom('PENDING_ACTIVATION', 'INACTIVE', 'EXPIRED', 'NOT_SETUP', 'ENROLLED'),
  ),
});
const role = fc.record({
  role: fc.constantFrom('SUPER_ADMIN', 'SUPER_ADMIN', 'ORG_ADMIN', 'HELP_DESK_ADMIN', '__proto__'),
  via: fc.constantFrom('direct', '00gadmins', '00gstaff', '00gunknown'),
});
const rarely = <Value>(
  common: fc.Arbitrary<Value>,
  rare: fc.Arbitrary<Value>,
): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 8, arbitrary: common }, { weight: 1, arbitrary: rare });

const someUser: fc.Arbitrary<Partial<TwinUser>> = fc.record({
  login: label,
  status,
  created: time,
  activated: time,
  lastLogin: time,
  lastSeen: rarely(fc.constant(null), time),
  passwordChanged: time,
  groups: fc.subarray(['00gadmins', '00gbyid', '00gstaff', '00gunknown'], { maxLength: 2 }),
  factors: rarely<TwinUser['factors']>(fc.array(factor, { maxLength: 4 }), fc.constant(null)),
  roles: fc.oneof(
    { weight: 2, arbitrary: fc.constant<TwinUser['roles']>([]) },
    fc.array(role, { maxLength: 2 }),
  ),
  gone: rarely(fc.constant(false), fc.constant(true)),
});

const someApp = fc.record({
  label,
  signOnMode: fc.constantFrom(
    ...[
      'SAML_2_0',
      'SAML_1_1',
      'OPENID_CONNECT',
      'WS_FEDERATION',
      'AUTO_LOGIN',
      'BROWSER_PLUGIN',
      'BOOKMARK',
    ],
    ...['SECURE_PASSWORD_STORE', 'BASIC_AUTH', 'MFA_AS_SERVICE', '__proto__'],
  ),
  status: fc.constantFrom('ACTIVE', 'ACTIVE', 'INACTIVE'),
  gone: rarely(fc.constant(false), fc.constant(true)),
});

/** Whole organisations, read completely. */
export const someTwin: fc.Arbitrary<Twin> = fc
  .record({
    users: fc.oneof(
      { weight: 3, arbitrary: fc.array(someUser, { maxLength: 20 }) },
      fc.array(someUser, { minLength: 45, maxLength: 50 }),
    ),
    apps: fc.array(someApp, { maxLength: 10 }),
    privilegedGroups: fc.subarray(['Admins', '00gbyid', 'No such group']),
  })
  .map(({ users, apps, privilegedGroups }) =>
    twin({
      users: users.map((one, place) => user(`00u${place}`, one)),
      apps: apps.map((one, place) => app(`0oa${place}`, one)),
      settings: { ...DEFAULT_TWIN_SETTINGS, privilegedGroups },
    }),
  );
