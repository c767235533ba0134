import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { formatCoverage, formatPercent } from '../../../src/mfa/coverage.ts';
import { count, duration, plain, plural, timeText } from '../../../src/cli/kit/text.ts';
import { HOSTILE } from './support/samples.ts';
import { assertProperty } from '../../support/properties.ts';

describe('plain', () => {
  it('takes escape sequences out and leaves the words', () => {
    expect(plain(HOSTILE.ansi)).toBe('redlink');
    expect(plain(HOSTILE.bidi)).toBe('abccba');
    expect(plain(HOSTILE.line)).toBe('twolines');
    expect(plain('\u009b31mx\u0007')).toBe('x');
    expect(plain('Zoë O’Neil')).toBe('Zoë O’Neil');
  });

  it('leaves no control character, whatever comes in', () => {
    assertProperty(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plain(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('numbers in words', () => {
  it('says 100 % only where everybody is covered, and 0 % only where nobody is', () => {
    expect([1, 0.9999, 0.5, 0.0001, 0, null].map(formatPercent)).toEqual([
      '100.0 %',
      '99.9 %',
      '50.0 %',
      '0.1 %',
      '0.0 %',
      'n/a',
    ]);
  });

  it('gives bounds only where they differ', () => {
    expect(formatCoverage({ low: 0.5, high: 0.5 })).toBe('50.0 %');
    expect(formatCoverage({ low: 0.5, high: 0.6 })).toBe('50.0 % to 60.0 %');
    expect(formatCoverage({ low: null, high: null })).toBe('n/a');
  });

  it('tells times and counts', () => {
    expect([3.24, 75, 3723, 200_000, null].map(duration)).toEqual([
      '3.2 s',
      '1 min 15 s',
      '1 h 2 min',
      '2 d 7 h',
      'n/a',
    ]);
    expect(timeText('2026-03-02T08:00:00.123Z')).toBe('2026-03-02 08:00:00 UTC');
    expect(count(12345)).toBe('12,345');
    expect([plural(1, 'entry', 'entries'), plural(2, 'entry', 'entries')]).toEqual([
      '1 entry',
      '2 entries',
    ]);
  });
});
