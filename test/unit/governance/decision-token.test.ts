import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decisionKey,
  kidOf,
  reasonDigest,
  signDecision,
  verifyDecision,
} from '../../../src/governance/decision-token.ts';
import type { DecisionClaim } from '../../../src/governance/decision-token.ts';
import { assertProperty } from '../../support/properties.ts';

const key = decisionKey('11'.repeat(32));
const other = decisionKey('22'.repeat(32));
const claim: DecisionClaim = {
  requestId: 'r1',
  argsDigest: 'abc',
  verdict: 'approve',
  decisionId: 'd1',
  person: '00u1',
  surface: 'cli',
  authenticatedBy: 'key',
  reasonDigest: reasonDigest('d1', 'checked'),
  at: 1_795_000_000_000,
};

describe('a signed decision', () => {
  it('returns the signed claim, and only for its key', () => {
    const token = signDecision(claim, key);
    expect(kidOf(token)).toBe(key.kid);
    expect(verifyDecision(token, key.publicKey)).toEqual(claim);
    expect(verifyDecision(token, other.publicKey)).toBeNull();
  });

  it('is refused after any change of a character', () => {
    const token = signDecision(claim, key);
    assertProperty(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom(...'0123456789abcdefgA.'),
        (at, put) => {
          const changed = token.slice(0, at) + put + token.slice(at + 1);
          expect(verifyDecision(changed, key.publicKey)).toEqual(changed === token ? claim : null);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(['', 'arx1', 'arx1.x.y.z', `arx1.${key.kid}.7b7d.${'0'.repeat(128)}`, 'ey.J.x'])(
    'no token: %s',
    (text) => {
      expect(verifyDecision(text, key.publicKey)).toBeNull();
    },
  );

  it('holds neither a login nor the text of a reason', () => {
    const signed = signDecision({ ...claim, login: 'ann@example.com' } as DecisionClaim, key);
    expect(verifyDecision(signed, key.publicKey)).not.toHaveProperty('login');
    const body = Buffer.from(signDecision(claim, key).split('.')[2] ?? '', 'hex').toString();
    expect(body).not.toContain('checked');
  });

  it('is not accepted under the name of another key', () => {
    const token = signDecision(claim, other).replace(other.kid, key.kid);
    expect(verifyDecision(token, key.publicKey)).toBeNull();
  });
});
