import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronProblem } from '../../../src/config/yaml/cron.ts';
import { durationMs } from '../../../src/config/yaml/durations.ts';
import { nearest } from '../../../src/config/yaml/nearest.ts';
import { Secret } from '../../../src/config/env/secret.ts';
import { FACTOR_TYPE_NAMES } from '../../../src/config/schema/words.ts';
import { FACTOR_TYPES } from '../../../src/mfa/strength.ts';
import { assertProperty } from '../../support/properties.ts';

describe('durationMs', () => {
  it.each([
    ['10s', 10_000],
    ['30m', 1_800_000],
    ['1h', 3_600_000],
    ['14d', 1_209_600_000],
    ['0d', 0],
  ])('%s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '1', 'd', '-1d', '1.5h', '1w', '1 h', '1H', '3651d', '١d'])('refuses %j', (text) => {
    expect(() => durationMs(text)).toThrow(RangeError);
  });
});

describe('cronProblem', () => {
  it.each([
    '0 8 * * MON',
    '*/5 * * * *',
    '0,30 8-18/2 1 JAN-MAR 1-5',
    '59 23 31 12 7',
    '0 8 * * mon,WED',
  ])('accepts %s', (cron) => {
    expect(cronProblem(cron)).toBeNull();
  });

  it.each([
    ['* * * *', 'has 4 fields'],
    ['0 0 8 * * MON', 'has 6 fields'],
    ['60 * * * *', 'its minute is not understood'],
    ['* 5-1 * * *', 'its hour is not understood'],
    ['* * 0 * *', 'its day of month is not understood'],
    ['* * * MON *', 'its month is not understood'],
    ['* * * * 8', 'its day of week is not understood'],
    ['*/0 * * * *', 'its minute is not understood'],
    ['*/x * * * *', 'its minute is not understood'],
    ['1, * * * *', 'its minute is not understood'],
    ['1-2-3 * * * *', 'its minute is not understood'],
  ])('%s: %s', (cron, problem) => {
    expect(cronProblem(cron)).toBe(problem);
  });
});

describe('nearest', () => {
  it('finds the intended word, and none if none is similar', () => {
    const known = ['okta', 'jira', 'slack'];
    expect(
      ['otka', 'Jira', 'slck', 'ldap', '', 'x'.repeat(9_999)].map((word) => nearest(word, known)),
    ).toEqual(['okta', 'jira', 'slack', null, null, null]);
  });

  it('finds an exact match', () => {
    assertProperty(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20 }),
        fc.string({ minLength: 30, maxLength: 40 }),
        (word, other) => {
          expect(nearest(word, [other, word])).toBe(word);
        },
      ),
    );
  });
});

describe('Secret', () => {
  it('shows its value only through reveal', () => {
    const secret = new Secret('canary');
    const shown = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true, depth: 9 }),
      String(secret),
    ];
    expect(shown.join()).not.toContain('canary');
    expect(secret.reveal()).toBe('canary');
  });
});

describe('the factor types that a configuration may name', () => {
  it('are those with a strength class', () => {
    expect([...FACTOR_TYPE_NAMES]).toEqual([...FACTOR_TYPES].sort());
  });
});
