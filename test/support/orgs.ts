import fc from 'fast-check';
import { FACTOR_TYPES } from '../../src/mfa/strength.ts';
import type { NewUser } from '../../emulators/okta/model.ts';
import { oracle } from './verdict-oracle.ts';

/** The allowed factor types of the default configuration. */
export const DEFAULT_ALLOWED = [
  'webauthn',
  'u2f',
  'signed_nonce',
  'token:software:totp',
  'token:hotp',
  'token:hardware',
  'token',
  'push',
];
const STATUSES = [
  'ACTIVE',
  'ACTIVE',
  'ACTIVE',
  'PENDING_ACTIVATION',
  'NOT_SETUP',
  'EXPIRED',
  'INACTIVE',
  'ENROLLED',
];

/** A generated person: what Okta returns, and what the exemptions and the grace period say. */
export interface Person {
  factors: { type: string; status: string }[];
  kind: 'normal' | 'vanish' | 'deny';
  exempt: boolean;
  young: boolean;
  status: 'ACTIVE' | 'SUSPENDED' | 'LOCKED_OUT';
}

const factor = fc.record({
  type: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...(FACTOR_TYPES as string[])) },
    fc.constant('passkey9'),
  ),
  status: fc.constantFrom(...STATUSES),
});

const person: fc.Arbitrary<Person> = fc.record({
  factors: fc.array(factor, { maxLength: 4 }),
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant('normal' as const) },
    fc.constantFrom('vanish' as const, 'deny' as const),
  ),
  exempt: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  young: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  status: fc.oneof(
    { weight: 12, arbitrary: fc.constant('ACTIVE' as const) },
    fc.constantFrom('SUSPENDED' as const, 'LOCKED_OUT' as const),
  ),
});

export const organisation = fc.array(person, { minLength: 1, maxLength: 24 });

export const EXEMPT_GROUP = 'Break glass';
const OLD = '2020-01-01T00:00:00.000Z';

/** The people in the form of the emulator. */
export function newUsers(people: readonly Person[], prefix: string): NewUser[] {
  return people.map((one, index) => ({
    login: `${prefix}-${index}@example.com`,
    status: one.status,
    created: one.young ? new Date().toISOString() : OLD,
    factors: one.factors,
    vanish: one.kind === 'vanish',
    denyFactors: one.kind === 'deny',
    groups: one.exempt ? [EXEMPT_GROUP] : [],
  }));
}

/** The verdict by the specification for a generated person; null if out of scope. */
export function expectedVerdict(one: Person): string | null {
  if (one.status !== 'ACTIVE') return null;
  const reading = { normal: 'read', vanish: 'vanished', deny: 'unreadable' } as const;
  return oracle({
    reading: reading[one.kind],
    factors: one.factors,
    allowed: DEFAULT_ALLOWED,
    exempt: one.exempt,
    inGrace: one.young,
  });
}
