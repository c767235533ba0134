import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FACTOR_TYPES } from '../../../src/mfa/strength.ts';
import { verdictOf } from '../../../src/mfa/verdict.ts';
import type { FactorReading } from '../../../src/mfa/verdict.ts';
import { DEFAULT_ALLOWED } from '../../support/orgs.ts';
import { oracle } from '../../support/verdict-oracle.ts';
import { assertProperty } from '../../support/properties.ts';

const STATUSES = [
  'ACTIVE',
  'DISABLED',
  'ENROLLED',
  'EXPIRED',
  'INACTIVE',
  'NOT_SETUP',
  'PENDING_ACTIVATION',
];

const factor = fc.record({
  type: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...FACTOR_TYPES) },
    fc.constantFrom('tac', 'constructor', ''),
  ),
  status: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...STATUSES) },
    fc.constantFrom('SHINY', null),
  ),
  provider: fc.constantFrom('OKTA', 'GOOGLE', 'FIDO', 'DUO', null),
});

function reading(
  kind: 'read' | 'vanished' | 'unreadable',
  factors: { type: string; status: string | null; provider: string | null }[],
): FactorReading {
  return kind === 'read' ? { kind, factors } : { kind, reason: 'because' };
}

describe('verdictOf', () => {
  it('agrees with an independent reading of the specification', () => {
    const input = fc.record({
      kind: fc.oneof(
        { weight: 8, arbitrary: fc.constant('read' as const) },
        fc.constantFrom('vanished' as const, 'unreadable' as const),
      ),
      factors: fc.array(factor, { maxLength: 5 }),
      allowed: fc.oneof(fc.constant(DEFAULT_ALLOWED), fc.subarray(FACTOR_TYPES as string[])),
      exempt: fc.boolean(),
      inGrace: fc.boolean(),
    });
    assertProperty(
      fc.property(input, ({ kind, factors, allowed, exempt, inGrace }) => {
        const { verdict } = verdictOf({
          reading: reading(kind, factors),
          allowed: new Set(allowed),
          exemption: exempt ? 'x' : null,
          grace: inGrace ? 'new' : null,
        });
        expect(verdict).toBe(oracle({ reading: kind, factors, allowed, exempt, inGrace }));
      }),
      { numRuns: 2_000 },
    );
  });

  const judged = (
    factors: { type: string; status: string | null; provider?: string }[],
    more: { exemption?: string; inGrace?: boolean } = {},
  ) =>
    verdictOf({
      reading: { kind: 'read', factors: factors.map((one) => ({ provider: null, ...one })) },
      allowed: new Set(DEFAULT_ALLOWED),
      exemption: more.exemption ?? null,
      grace: more.inGrace ? 'new' : null,
    }).verdict;

  it.each([
    ['FastPass alone covers', [{ type: 'signed_nonce', status: 'ACTIVE' }], 'compliant'],
    ['SMS alone is weak', [{ type: 'sms', status: 'ACTIVE' }], 'weak_only'],
    ['auto-enrolled e-mail does not count', [{ type: 'email', status: 'ACTIVE' }], 'weak_only'],
    ['Duo counts only if it is allowed', [{ type: 'web', status: 'ACTIVE' }], 'weak_only'],
    [
      'a started enrolment is reported separately',
      [{ type: 'push', status: 'PENDING_ACTIVATION' }],
      'pending_only',
    ],
    ['an expired factor does not count', [{ type: 'push', status: 'EXPIRED' }], 'none'],
    ['no factor at all', [], 'none'],
    ['a new factor type gives no finding', [{ type: 'passkey9', status: 'ACTIVE' }], 'unknown'],
    [
      'status ENROLLED of an allowed type gives no finding',
      [
        { type: 'push', status: 'ENROLLED' },
        { type: 'sms', status: 'ACTIVE' },
      ],
      'unknown',
    ],
    [
      'an allowed factor outweighs an unrecognised one',
      [
        { type: 'passkey9', status: 'ACTIVE' },
        { type: 'push', status: 'ACTIVE' },
      ],
      'compliant',
    ],
  ])('%s', (_, factors, verdict) => {
    expect(judged(factors)).toBe(verdict);
  });

  it('exemption and grace period apply only to users who are not covered', () => {
    const covered = [{ type: 'webauthn', status: 'ACTIVE' }];
    expect(judged(covered, { exemption: 'service account', inGrace: true })).toBe('compliant');
    expect(judged([], { exemption: 'service account', inGrace: true })).toBe('exempt');
    expect(judged([], { inGrace: true })).toBe('in_grace');
  });

  it('does not repeat an unrecognised type in its reason', () => {
    const { reason } = verdictOf({
      reading: {
        kind: 'read',
        factors: [{ type: 'call me at +1 555 0100', status: 'ACTIVE', provider: null }],
      },
      allowed: new Set(DEFAULT_ALLOWED),
      exemption: null,
      grace: null,
    });
    expect(reason).not.toContain('555');
  });
});

describe('a factor of another provider', () => {
  const reading = {
    kind: 'read',
    factors: [{ type: 'claims_provider', provider: 'CUSTOM', status: 'ACTIVE' }],
  } as const;
  const verdict = (allowed: readonly string[]): string =>
    verdictOf({ reading, allowed: new Set(allowed), exemption: null, grace: null }).verdict;

  it('accuses nobody, and covers the user only if its type is allowed', () => {
    expect(verdict(['webauthn'])).toBe('unknown');
    expect(verdict(['webauthn', 'claims_provider'])).toBe('compliant');
  });
});
