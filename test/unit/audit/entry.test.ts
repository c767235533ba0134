import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, digestOf, leafHash } from '../../../src/audit/canonical.ts';
import { contentOf, EMPTY_HEAD, entryId, sealEntry } from '../../../src/audit/entry.ts';
import { AuditDraftError } from '../../../src/audit/errors.ts';
import { redactArgs } from '../../../src/audit/redact.ts';
import type { AuditDraft, AuditKind } from '../../../src/audit/types.ts';
import { draftOf } from '../../support/audit.ts';
import { assertProperty } from '../../support/properties.ts';

const part = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes('\0'));
const identity = fc.record({
  workflowId: part,
  run: part,
  kind: fc.constantFrom<AuditKind>('user.checked', 'scan.page'),
  subject: part,
  sequence: fc.nat(),
});

test('two identities have the same id only if they are equal', () => {
  assertProperty(
    fc.property(identity, identity, (one, other) => {
      expect(entryId(one) === entryId(other)).toBe(canonicalJson(one) === canonicalJson(other));
    }),
  );
});

test('separators inside a part do not shift it into the next one', () => {
  const one = entryId({
    workflowId: 'a/b',
    run: 'c',
    kind: 'scan.page',
    subject: 'd',
    sequence: 0,
  });
  const other = entryId({
    workflowId: 'a',
    run: 'b/c',
    kind: 'scan.page',
    subject: 'd',
    sequence: 0,
  });
  expect(one).toBe('a%2Fb/c/scan.page/d/0');
  expect(other).toBe('a/b%2Fc/scan.page/d/0');
});

test.each([
  ['an empty subject', { subject: '' }],
  ['a NUL in the run', { run: 'a\0b' }],
  ['a lone surrogate in the subject', { subject: '\ud800' }],
  ['a negative sequence', { sequence: -1 }],
  ['a fraction as sequence', { sequence: 0.5 }],
  ['a subject too long for the index', { subject: 'x'.repeat(2000) }],
])('%s has no id', (_, over) => {
  expect(() => entryId({ ...draftOf(), sequence: 0, ...over })).toThrow(AuditDraftError);
});

test('canonical JSON follows the example of RFC 8785, section 3.2.2', () => {
  const value = {
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test.each([NaN, Infinity, '\ud800', undefined])('%s has no canonical form', (value) => {
  expect(() => canonicalJson(value)).toThrow(AuditDraftError);
});

test('the hash is SHA-256 over a zero byte and the canonical entry without its hash', () => {
  const { entry, text } = sealEntry(
    { ...draftOf({ outcome: { verdict: 'none' } }), sequence: 3 },
    EMPTY_HEAD,
  );
  const { hash, ...leaf } = JSON.parse(text) as Record<string, unknown>;
  const expected = createHash('sha256')
    .update(Buffer.from([0]))
    .update(canonicalJson(leaf))
    .digest('hex');
  expect(hash).toBe(expected);
  expect(entry.hash).toBe(expected);
  expect(leaf['prevHash']).toBe(EMPTY_HEAD);
  expect(canonicalJson(JSON.parse(text))).toBe(text);
});

test('the leaf hash of the empty string is that of RFC 6962', () => {
  expect(leafHash('')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
});

test('absent and unknown fields do not become part of the entry', () => {
  const stray = {
    ...draftOf({ target: undefined }),
    password: 'hunter2',
    sequence: 0,
  } as AuditDraft & {
    sequence: number;
  };
  const { text } = sealEntry(stray, EMPTY_HEAD);
  expect(Object.keys(JSON.parse(text))).toEqual([
    'actor',
    'at',
    'hash',
    'id',
    'kind',
    'prevHash',
    'run',
    'sequence',
    'subject',
    'surface',
    'workflowId',
  ]);
});

test('only time and position in the chain do not change the content', () => {
  const draft = { ...draftOf({ outcome: { verdict: 'none' } }), sequence: 0 };
  const recorded = sealEntry(draft, 'f'.repeat(64)).entry;
  expect(contentOf(recorded)).toBe(contentOf({ ...draft, at: '2030-01-01T00:00:00.000Z' }));
  expect(contentOf(recorded)).not.toBe(contentOf({ ...draft, outcome: { verdict: 'compliant' } }));
  expect(contentOf(recorded)).not.toBe(contentOf({ ...draft, surface: 'cli' }));
});

test('redaction keeps only allowed own fields', () => {
  const args = JSON.parse('{"userId":"00u1","password":"x","__proto__":{"login":"y"}}');
  expect(redactArgs(args, ['userId', 'login', 'toString'])).toEqual({ userId: '00u1' });
});

test('digests do not depend on the order of members', () => {
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }));
  expect(digestOf({ a: 1 })).toBe(createHash('sha256').update('{"a":1}').digest('hex'));
});
