import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheName, formsOf, readIndicator } from '../../../src/enrichment/indicator.ts';
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
    ['jane doe', 'jane doe'],
    ['jane doe@example.com', 'jane doe@example.com'],
    ['.jdoe', '.jdoe'],
    ['j..doe@example.com', 'j..doe@example.com'],
    ['../groups', '../groups'],
    ['/etc/passwd', '/etc/passwd'],
    ['jdoe/', 'jdoe/'],
    ['jos\u0065\u0301', 'jos\u00e9'],
    ['Jos\u00c9', 'jos\u00e9'],
    ['cost$center', 'cost$center'],
    ['s-1 services', 's-1 services'],
  ])('%s is looked up as %s', (given, name) => {
    expect(read(given).name).toBe(name);
  });

  it('is case-sensitive for ids, and only for ids', () => {
    expect(read(ID)).toMatchObject({ exact: ID, isId: true, isEmail: false });
    expect(cacheName(read(ID))).not.toBe(cacheName(read(ID.toLowerCase())));
    expect(cacheName(read('CORP\\JDoe'))).toBe(cacheName(read('jdoe')));
  });

  it.each([
    ['\\jdoe', 'contains quotes or backslashes'],
    ['A\\B\\jdoe', 'contains quotes or backslashes'],
    ['jdoe" or profile.login sw "a', 'contains quotes or backslashes'],
    ['jdoe"', 'contains quotes or backslashes'],
    ['`id`', 'contains quotes or backslashes'],
    ['jdoe@', 'has an @ at its beginning or end, or more than one'],
    ['@example.com', 'has an @ at its beginning or end, or more than one'],
    ['a@b@c', 'has an @ at its beginning or end, or more than one'],
    ['jd\u0000oe', 'has control characters or invisible characters'],
    ['jd\noe', 'has control characters or invisible characters'],
    ['jd\u200boe', 'has control characters or invisible characters'],
    ['jd\u202eoe', 'has control characters or invisible characters'],
    ['jd\ud800oe', 'has control characters or invisible characters'],
    ['jd\u2028oe', 'is not written in plain characters (Unicode NFKC)'],
    ['jd\u00a0oe', 'is not written in plain characters (Unicode NFKC)'],
    ['\u212Aate', 'is not written in plain characters (Unicode NFKC)'],
    ['ｊdoe', 'is not written in plain characters (Unicode NFKC)'],
  ])('%j cannot be a name: %s', (given, problem) => {
    expect(readIndicator(given)).toEqual({ ok: false, code: 'invalid_argument', problem });
  });

  it.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['DOMAIN\\', 'is empty'],
    ['a'.repeat(10_000), 'is longer than 320 characters'],
    ['NT AUTHORITY\\SYSTEM', 'is a system account of Windows'],
    ['nt authority\\local service', 'is a system account of Windows'],
    ['NT-AUTORITÄT\\SYSTEM', 'is a system account of Windows'],
    ['NT SERVICE\\MSSQLSERVER', 'is a system account of Windows'],
    ['BUILTIN\\Administrators', 'is a system account of Windows'],
    ['.\\Administrator', 'is a local account of one computer'],
    ['S-1-5-18', 'is a security identifier (SID) of Windows'],
    [
      'CORP\\S-1-5-21-3623811015-3361044348-30300820-1013',
      'is a security identifier (SID) of Windows',
    ],
    ['HOST01$', 'ends with $: it is the account of a computer or a managed service account'],
    ['CORP\\HOST01$', 'ends with $: it is the account of a computer or a managed service account'],
    [
      'host01$@corp.example.com',
      'ends with $: it is the account of a computer or a managed service account',
    ],
  ])('%.60j is not that of an Okta account: %s', (given, problem) => {
    expect(readIndicator(given)).toEqual({ ok: false, code: 'not_an_okta_account', problem });
  });

  it('is the same for composed and decomposed accents, which are both looked for', () => {
    const [composed, decomposed] = ['JOS\u00c9@example.com', 'jose\u0301@example.com'];
    expect(cacheName(read(composed))).toBe(cacheName(read(decomposed)));
    expect(formsOf(read(composed).name)).toEqual(['jos\u00e9@example.com', decomposed]);
    expect(formsOf('jdoe')).toEqual(['jdoe']);
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
