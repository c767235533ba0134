import { oktaId } from '../ids.ts';
import { createRandom, whole } from '../random.ts';
import type { Json } from '../types.ts';
import type { FactorSpec, UserRecord } from './model.ts';
import type { OktaOrg } from './org.ts';

/** How Okta represents a factor type: id prefix, usual provider, and the profile in its row. */
interface Kind {
  prefix: string;
  provider: string;
  vendor: string;
  profile: (user: UserRecord, org: OktaOrg) => Json;
}

const credential = ({ profile }: UserRecord): Json => ({ credentialId: profile.login });
const phone = (user: UserRecord, org: OktaOrg): Json => ({ phoneNumber: phoneOf(user, org) });
const device = ({ profile, index }: UserRecord): Json => ({
  credentialId: profile.login,
  deviceType: index % 3 === 0 ? 'SmartPhone_Android' : 'SmartPhone_IPhone',
  keys: [{ kty: 'EC', use: 'sig', kid: 'default', crv: 'P-256' }],
  name: index % 3 === 0 ? 'Pixel 8' : 'iPhone 15',
  platform: index % 3 === 0 ? 'ANDROID' : 'IOS',
  version: '17.4',
});

const KINDS: Record<string, Kind> = {
  signed_nonce: { prefix: 'sgn', provider: 'OKTA', vendor: 'OKTA', profile: device },
  push: { prefix: 'opf', provider: 'OKTA', vendor: 'OKTA', profile: device },
  'token:software:totp': { prefix: 'ost', provider: 'OKTA', vendor: 'OKTA', profile: credential },
  'token:hotp': { prefix: 'hot', provider: 'CUSTOM', vendor: 'Custom TOTP', profile: credential },
  'token:hardware': { prefix: 'ykf', provider: 'YUBICO', vendor: 'YUBICO', profile: credential },
  token: { prefix: 'rsa', provider: 'RSA', vendor: 'RSA', profile: credential },
  webauthn: {
    prefix: 'fwf',
    provider: 'FIDO',
    vendor: 'FIDO',
    profile: ({ id }) => ({
      credentialId: `${id}-webauthn`,
      authenticatorName: 'YubiKey 5 with NFC',
    }),
  },
  u2f: {
    prefix: 'fuf',
    provider: 'FIDO',
    vendor: 'FIDO',
    profile: ({ id }) => ({ credentialId: `${id}-u2f`, version: 'U2F_V2' }),
  },
  sms: { prefix: 'sms', provider: 'OKTA', vendor: 'OKTA', profile: phone },
  call: { prefix: 'clf', provider: 'OKTA', vendor: 'OKTA', profile: phone },
  email: {
    prefix: 'emf',
    provider: 'OKTA',
    vendor: 'OKTA',
    profile: ({ profile }, org) => ({ email: org.canaries.email ?? profile.email }),
  },
  question: {
    prefix: 'ufs',
    provider: 'OKTA',
    vendor: 'OKTA',
    profile: () => ({
      question: 'disliked_food',
      questionText: 'What is the food you least liked as a child?',
    }),
  },
  web: { prefix: 'dsf', provider: 'DUO', vendor: 'DUO', profile: credential },
};

const UNKNOWN_KIND: Kind = {
  prefix: 'cuf',
  provider: 'CUSTOM',
  vendor: 'Custom',
  profile: credential,
};

/**
 * A user's factors in Okta's format, built for every answer; only type, provider and status are
 * stored.
 */
export function factorRows(org: OktaOrg, user: UserRecord, origin: string): Json[] {
  return user.factors.map((spec, position) => factorRow({ org, user, origin }, spec, position));
}

interface Owner {
  org: OktaOrg;
  user: UserRecord;
  origin: string;
}

function factorRow(owner: Owner, spec: FactorSpec, position: number): Json {
  const { org, user } = owner;
  const kind = KINDS[spec.type] ?? UNKNOWN_KIND;
  const id = oktaId(kind.prefix, user.index * 64 + position, org.seed);
  const status = spec.status ?? 'ACTIVE';
  return {
    id,
    factorType: spec.type,
    provider: spec.provider ?? kind.provider,
    vendorName: spec.provider ?? kind.vendor,
    status,
    created: user.activated ?? user.created,
    lastUpdated: user.activated ?? user.created,
    profile: spec.profile ?? kind.profile(user, org),
    ...linksAndEmbedded({ ...owner, id, status, type: spec.type }),
  };
}

function linksAndEmbedded(row: Owner & { id: string; status: string; type: string }): Json {
  const user = `${row.origin}/api/v1/users/${row.user.id}`;
  const self = `${user}/factors/${row.id}`;
  const link = (href: string, ...allow: string[]): Json => ({ href, hints: { allow } });
  const pending = row.status === 'PENDING_ACTIVATION';
  return {
    _links: {
      ...(pending
        ? { activate: link(`${self}/lifecycle/activate`, 'POST') }
        : { verify: link(`${self}/verify`, 'POST') }),
      self: link(self, 'GET', 'DELETE'),
      user: link(user, 'GET'),
    },
    ...(pending ? { _embedded: { activation: activation(row, self) } } : {}),
  };
}

// Real pending rows contain the TOTP seed, which must not leave the connector.
function activation({ org, user }: Owner, self: string): Json {
  return {
    timeStep: 30,
    sharedSecret: org.canaries.totpSeed ?? totpSeed(org.seed ^ user.index),
    encoding: 'base32',
    keyLength: 16,
    factorResult: 'WAITING',
    _links: { qrcode: { href: `${self}/qr/00${user.id.slice(3)}`, type: 'image/png' } },
  };
}

function totpSeed(seed: number): string {
  const random = createRandom(seed);
  return Array.from(
    { length: 16 },
    () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[whole(random, 32)],
  ).join('');
}

function phoneOf(user: UserRecord, org: OktaOrg): string {
  return (
    org.canaries.phone ??
    `+1-555-${String(200 + (user.index % 800))}-${String(1000 + (user.index % 9000))}`
  );
}
