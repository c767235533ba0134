import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../../src/governance/glob.ts';
import { assertProperty } from '../../support/properties.ts';

describe('matchesGlob', () => {
  it.each([
    ['users:*', 'users:read', true],
    ['users:*', 'users:', true],
    ['users:*', 'users', false],
    ['users:*', 'users:read:more', false],
    ['*', 'users:read', false],
    ['*:*', 'users:read', true],
    ['*:read*', 'groups:read_members', true],
    ['*:read', 'groups:read_members', false],
    ['users:*activate', 'users:deactivate', true],
    ['users:*_*_*', 'users:a_b_c', true],
    ['users:a*a', 'users:a', false],
    ['users:a**b', 'users:ab', true],
    ['users:read', 'users:read', true],
    ['users:r?ad', 'users:read', false],
    ['users:[r]ead', 'users:read', false],
    ['!users:read', 'users:suspend', false],
    ['{users,groups}:read', 'users:read', false],
    ['users:.*', 'users:read', false],
    ['', '', true],
  ])('%s against %s: %s', (pattern, subject, expected) => {
    expect(matchesGlob(pattern, subject)).toBe(expected);
  });

  it('agrees with an equivalent regular expression', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*'), maxLength: 12 });
    const oracle = (glob: string): RegExp => new RegExp(`^${glob.replaceAll('*', '[^:]*')}$`);
    assertProperty(
      fc.property(word, word, (glob, other) => {
        const subject = other.replaceAll('*', 'c');
        expect(matchesGlob(glob, subject)).toBe(oracle(glob).test(subject));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is fast for patterns that make backtracking matchers hang', () => {
    const started = performance.now();
    expect(matchesGlob(`users:${'a*'.repeat(5_000)}b`, `users:${'a'.repeat(20_000)}`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
