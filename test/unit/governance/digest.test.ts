import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bundleDigest, canonicalDigest } from '../../../src/governance/digest.ts';
import { bundleOf, policy } from '../../support/policies.ts';

describe('bundleDigest', () => {
  it('is SHA-256 over the canonical JSON of the policies as stated, sorted by name', () => {
    const stated = {
      name: 'okta-readonly-soc',
      connector: 'okta',
      operations: ['*:read', '*:read_*'],
      risk_max: 'low',
      approval: 'none',
    };
    const canonical = `[{"approval":"none","connector":"okta","name":"okta-readonly-soc","operations":["*:read","*:read_*"],"risk_max":"low"}]`;
    const expected = createHash('sha256').update(canonical).digest('hex');
    expect(bundleOf('policies/examples/okta-readonly-soc.yaml').digest).toBe(expected);
    expect(canonicalDigest([stated])).toBe(expected);
  });

  it('does not depend on order, files or positions, but on the content', () => {
    const a = policy({ name: 'a', operations: ['users:read'] });
    const b = policy({ name: 'b', deny: ['users:suspend'] });
    const moved = {
      ...a,
      place: { file: 'elsewhere.yaml', line: 99 },
      places: { name: { file: 'x', line: 1 } },
    };
    expect(bundleDigest([b, moved])).toBe(bundleDigest([a, b]));
    expect(bundleDigest([{ ...a, riskMax: 'MEDIUM' }, b])).not.toBe(bundleDigest([a, b]));
    expect(bundleDigest([])).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses values without a JSON form', () => {
    expect(() => canonicalDigest(undefined)).toThrow(TypeError);
    expect(() => canonicalDigest({ a: Number.NaN })).toThrow();
  });
});
