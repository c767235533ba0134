import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheName, readIndicator } from '../../../src/enrichment/indicator.ts';
import { assertProperty } from '../../support/properties.ts';

const read = (given: string) => {
  const result = readIndicator(given);
  if (!result.ok) throw new Error(result.problem);
  return result.indicator;
};
const ID = '00uAbCdEfGhIjKlMnOpQ';

describe('an indicator', () => {
  it.each([
    ['jdoe@example.com', 'jdoe@example.com'],
    ['  JDoe@Example.COM ', 'jdoe@example.com'],
    ['CORP\\JDoe', 'jdoe'],
    ['corp.example.com\\jdoe@example.com', 'jdoe@example.com'],
    ['jdoe+alerts@example.com', 'jdoe+alerts@example.com'],
    ['svc/backup@example.com', 'svc/backup@example.com'],
    ["o'brien@example.com", "o'brien@example.com"],
    ['MÜLLER', 'müller'],
    ['user%2e%2e', 'user%2e%2e'],
  ])('%s is looked up as %s', (given, name) => {
    expect(read(given).name).toBe(name);
  });

  it('is case-sensitive for ids, and only for ids', () => {
    expect(read(ID)).toMatchObject({ exact: ID, isId: true, isEmail: false });
    expect(cacheName(read(ID))).not.toBe(cacheName(read(ID.toLowerCase())));
    expect(cacheName(read('CORP\\JDoe'))).toBe(cacheName(read('jdoe')));
  });

  it.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['DOMAIN\\', 'is empty'],
    ['\\jdoe', 'contains quotes or backslashes'],
    ['A\\B\\jdoe', 'contains quotes or backslashes'],
    ['jdoe" or profile.login sw "a', 'contains white space'],
    ['jdoe"', 'contains quotes or backslashes'],
    ['`id`', 'contains quotes or backslashes'],
    ['..', 'has dots or slashes in places where they would form a path'],
    ['.', 'has dots or slashes in places where they would form a path'],
    ['../groups', 'has dots or slashes in places where they would form a path'],
    ['a/../b', 'has dots or slashes in places where they would form a path'],
    ['/etc/passwd', 'has dots or slashes in places where they would form a path'],
    ['jdoe/', 'has dots or slashes in places where they would form a path'],
    ['jane doe', 'contains white space'],
    ['jdoe@', 'has an @ at its beginning or end, or more than one'],
    ['@example.com', 'has an @ at its beginning or end, or more than one'],
    ['a@b@c', 'has an @ at its beginning or end, or more than one'],
    ['jd\u0000oe', 'has control characters or invisible characters'],
    ['jd\noe', 'has control characters or invisible characters'],
    ['jd\u200boe', 'has control characters or invisible characters'],
    ['jd\u202eoe', 'has control characters or invisible characters'],
    ['jd\ud800oe', 'has control characters or invisible characters'],
    ['\u212Aate', 'is not written in plain characters (Unicode NFKC)'],
    ['ｊdoe', 'is not written in plain characters (Unicode NFKC)'],
    ['jdo\u0065\u0301', 'is not written in plain characters (Unicode NFKC)'],
    ['a'.repeat(10_000), 'is longer than 320 characters'],
  ])('%j is refused: %s', (given, problem) => {
    expect(readIndicator(given)).toEqual({ ok: false, problem });
  });

  it('folds only ASCII to ASCII, so that no look-alike matches a plain name', () => {
    assertProperty(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (given) => {
        const result = readIndicator(given);
        if (!result.ok) return;
        const { exact, name } = result.indicator;
        if (/^[\x21-\x7e]+$/.test(name)) expect(exact).toMatch(/^[\x21-\x7e]+$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never repeats the refused text, and never throws', () => {
    assertProperty(
      fc.property(fc.string({ unit: 'binary', minLength: 8, maxLength: 400 }), (given) => {
        const result = readIndicator(given);
        if (!result.ok) expect(result.problem).not.toContain(given);
      }),
    );
  });
});
