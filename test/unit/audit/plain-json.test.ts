import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainJson } from '../../../src/audit/plain-json.ts';
import { assertProperty } from '../../support/properties.ts';

const canonicalOrNull = (value: unknown): string | null => {
  try {
    return canonicalize(value) ?? null;
  } catch {
    return null;
  }
};

test('the output is always canonical JSON', () => {
  const strange = fc.anything({
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
  });
  assertProperty(
    fc.property(fc.oneof(strange, fc.jsonValue({ stringUnit: 'binary' })), (value) => {
      const text = plainJson(value);
      if (text !== null) expect(text).toBe(canonicalOrNull(value));
    }),
    { numRuns: 1_000 },
  );
});

test('plain data with ordinary names is supported', () => {
  expect(plainJson({ b: [1, null, { d: true, c: 'x' }], a: undefined, B: -0 })).toBe(
    '{"B":0,"b":[1,null,{"c":"x","d":true}]}',
  );
});

const circle: Record<string, unknown> = {};
circle['self'] = circle;

test.each([
  ['names that are numbers', { 10: 1, 9: 1 }],
  ['__proto__', JSON.parse('{"__proto__":1}')],
  ['half of a surrogate pair', { a: '\ud800' }],
  ['a number that is none', { a: NaN }],
  ['an object of a class', { a: new Date(0) }],
  ['a toJSON', { toJSON: () => 1 }],
  ['a circle', circle],
  ['nothing', undefined],
])('%s is left to the general implementation', (_, value) => {
  expect(plainJson(value)).toBeNull();
});
