import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { googleId, objectId, salesforceId, withCheck } from '../../../emulators/ids.ts';
import { parseSoql, SoqlError } from '../../../emulators/salesforce/soql.ts';
import { assertProperty } from '../../support/properties.ts';

const SHAPES = [
  ['Entra ID', objectId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/],
  ['Google', googleId, /^1\d{20}$/],
  ['Salesforce', salesforceId, /^005[A-Za-z0-9]{12}[A-Z0-5]{3}$/],
] as const;

describe('ids of accounts', () => {
  it.each(SHAPES)(
    'of %s have its form, are distinct, and the same for the same seed',
    (_, make, form) => {
      assertProperty(
        fc.property(fc.nat(100_000), fc.nat(100_000), fc.nat(1000), (one, other, seed) => {
          expect(make(one, seed)).toMatch(form);
          expect(make(one, seed)).toBe(make(one, seed));
          expect(make(one, seed) === make(other, seed)).toBe(one === other);
        }),
      );
    },
  );

  it('of Salesforce end with the encoding of their capitals', () => {
    expect(withCheck('001A0000006Vm9r')).toBe('001A0000006Vm9rIAC');
  });
});

const quoted = (text: string): string =>
  `'${text.replace(/['"\\\n\r\t\b\f]/g, (letter) => `\\${{ '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' }[letter] ?? letter}`)}'`;

describe('SOQL', () => {
  it('keeps any text unchanged', () => {
    assertProperty(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const { where } = parseSoql(`SELECT Id FROM User WHERE Username = ${quoted(text)} LIMIT 2`);
        expect(where).toEqual([[{ field: 'Username', operator: '=', value: text }]]);
      }),
    );
  });

  it('parses a query or throws SoqlError', () => {
    const word = fc.constantFrom(
      'SELECT',
      'Id',
      ',',
      'FROM',
      'User',
      'WHERE',
      '=',
      "'a'",
      'AND',
      'OR',
      'LIMIT',
      '2',
      '(',
      ';',
    );
    assertProperty(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        try {
          expect(parseSoql(words.join(' ')).object).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(SoqlError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
