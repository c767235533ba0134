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

  it('keeps the capital letters of an id, and only there do they tell two apart', () => {
    expect(read(ID)).toMatchObject({ exact: ID, isId: true, isEmail: false });
    expect(cacheName(read(ID))).not.toBe(cacheName(read(ID.toLowerCase())));
    expect(cacheName(read('CORP\\JDoe'))).toBe(cacheName(read('jdoe')));
  });

  it.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['DOMAIN\\', 'is empty'],
    ['\\jdoe', 'has quotes or backslashes in it'],
    ['A\\B\\jdoe', 'has quotes or backslashes in it'],
    ['jdoe" or profile.login sw "a', 'has white space in it'],
    ['jdoe"', 'has quotes or backslashes in it'],
    ['`id`', 'has quotes or backslashes in it'],
    ['..', 'has dots or slashes where a path would have them'],
    ['.', 'has dots or slashes where a path would have them'],
    ['../groups', 'has dots or slashes where a path would have them'],
    ['a/../b', 'has dots or slashes where a path would have them'],
    ['/etc/passwd', 'has dots or slashes where a path would have them'],
    ['jdoe/', 'has dots or slashes where a path would have them'],
    ['jane doe', 'has white space in it'],
    ['jdoe@', 'has an @ at its beginning or end, or several'],
    ['@example.com', 'has an @ at its beginning or end, or several'],
    ['a@b@c', 'has an @ at its beginning or end, or several'],
    ['jd\u0000oe', 'has control characters or characters that cannot be seen'],
    ['jd\noe', 'has control characters or characters that cannot be seen'],
    ['jd\u200boe', 'has control characters or characters that cannot be seen'],
    ['jd\u202eoe', 'has control characters or characters that cannot be seen'],
    ['jd\ud800oe', 'has control characters or characters that cannot be seen'],
    ['\u212Aate', 'is not written in plain characters (Unicode NFKC)'],
    ['ｊdoe', 'is not written in plain characters (Unicode NFKC)'],
    ['jdo\u0065\u0301', 'is not written in plain characters (Unicode NFKC)'],
    ['a'.repeat(10_000), 'is longer than 320 characters'],
  ])('%j is refused: %s', (given, problem) => {
    expect(readIndicator(given)).toEqual({ ok: false, problem });
  });

  it('folds nothing but ASCII into ASCII, so that no look-alike meets a plain name', () => {
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

  it('never repeats what it refuses, and never throws', () => {
    assertProperty(
      fc.property(fc.string({ unit: 'binary', minLength: 8, maxLength: 400 }), (given) => {
        const result = readIndicator(given);
        if (!result.ok) expect(result.problem).not.toContain(given);
      }),
    );
  });
});
