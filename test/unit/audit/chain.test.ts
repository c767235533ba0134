import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, leafHash } from '../../../src/audit/canonical.ts';
import { verifyChain } from '../../../src/audit/chain.ts';
import type { StoredText } from '../../../src/audit/chain.ts';
import { EMPTY_HEAD } from '../../../src/audit/entry.ts';
import type { AuditEntry } from '../../../src/audit/types.ts';
import { chainOf, draftOf } from '../../support/audit.ts';
import { assertProperty } from '../../support/properties.ts';

const drafts = fc.array(
  fc.record({
    subject: fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !text.includes('\0')),
    verdict: fc.string(),
  }),
  { minLength: 1, maxLength: 12 },
);
const chains = drafts.map((list) =>
  chainOf(list.map(({ subject, verdict }) => draftOf({ subject, outcome: { verdict } }))),
);
const chainsWithPlace = chains.chain((chain) =>
  fc.record({
    chain: fc.constant(chain),
    at: fc.nat(chain.stored.length - 1),
    pick: fc.nat(),
    mask: fc.integer({ min: 1, max: 255 }),
  }),
);

/** The stored texts as a table that lost its indexes: numbered again from 0. */
const renumber = (texts: StoredText[]): StoredText[] =>
  texts.map(({ text }, index) => ({ index, text }));

describe('a whole chain', () => {
  test('is valid, in pages of any size', async () => {
    await assertProperty(
      fc.asyncProperty(chains, fc.integer({ min: 1, max: 5 }), async ({ stored, head }, size) => {
        const pages = Array.from({ length: Math.ceil(stored.length / size) }, (_, n) =>
          stored.slice(n * size, n * size + size),
        );
        expect(await verifyChain(pages, head)).toEqual({ ok: true, ...head });
      }),
    );
  });

  test('may be empty', async () => {
    expect(await verifyChain([], { entries: 0, head: EMPTY_HEAD })).toEqual({
      ok: true,
      entries: 0,
      head: EMPTY_HEAD,
    });
  });
});

describe('tampering is found and located', () => {
  test('any single changed byte', async () => {
    await assertProperty(
      fc.asyncProperty(chainsWithPlace, async ({ chain: { stored, head }, at, pick, mask }) => {
        const bytes = Buffer.from(stored[at]!.text, 'utf8');
        bytes[pick % bytes.length]! ^= mask;
        const changed = bytes.toString('utf8');
        const report = await verifyChain([stored.with(at, { index: at, text: changed })], head);
        expect(report).toMatchObject({ ok: false, entries: at, firstBad: { index: at } });
      }),
      { numRuns: 1000 },
    );
  });

  test('any removed entry', async () => {
    await assertProperty(
      fc.asyncProperty(chainsWithPlace, async ({ chain: { stored, head }, at }) => {
        const left = stored.toSpliced(at, 1);
        const gap = await verifyChain([left], head);
        expect(gap).toMatchObject({
          ok: false,
          entries: at,
          firstBad: { index: at, reason: 'missing' },
        });
        const closed = await verifyChain([renumber(left)], head);
        expect(closed).toMatchObject({ ok: false, entries: at, firstBad: { index: at } });
      }),
    );
  });

  test('any two swapped entries', async () => {
    await assertProperty(
      fc.asyncProperty(chainsWithPlace, async ({ chain: { stored, head }, at, pick }) => {
        const other = pick % stored.length;
        fc.pre(other !== at);
        const swapped = renumber(stored.with(at, stored[other]!).with(other, stored[at]!));
        expect(await verifyChain([swapped], head)).toMatchObject({
          ok: false,
          firstBad: { index: Math.min(at, other) },
        });
      }),
    );
  });

  test('any inserted entry, copied or forged', async () => {
    await assertProperty(
      fc.asyncProperty(chainsWithPlace, async ({ chain: { stored, head }, at, pick }) => {
        const copy = stored[pick % stored.length]!;
        const forged = chainOf([draftOf({ subject: 'forged' })]).stored[0]!;
        for (const extra of [copy, forged]) {
          const before = await verifyChain([renumber(stored.toSpliced(at, 0, extra))], head);
          expect(before.ok).toBe(false);
          // A copy inserted before the original is only revealed by the entry after it.
          expect([at, at + 1]).toContain(before.firstBad?.index);
          const behind = await verifyChain([renumber([...stored, extra])], head);
          expect(behind).toMatchObject({ ok: false, firstBad: { index: stored.length } });
        }
      }),
    );
  });

  test('a valid entry added after the recorded end', async () => {
    const list = ['a', 'b', 'c'].map((subject) => draftOf({ subject }));
    const { head } = chainOf(list.slice(0, 2));
    const report = await verifyChain([chainOf(list).stored], head);
    expect(report.firstBad).toEqual({
      index: 2,
      id: null,
      reason: 'comes after the recorded end of the trail',
    });
  });

  test('a chain rewritten from the beginning', async () => {
    const { head } = chainOf([draftOf({ outcome: { verdict: 'none' } })]);
    const { stored } = chainOf([draftOf({ outcome: { verdict: 'compliant' } })]);
    expect((await verifyChain([stored], head)).firstBad).toMatchObject({
      index: 0,
      reason: 'is not the recorded end of the trail',
    });
  });

  test('a repeated index', async () => {
    const { stored, head } = chainOf([draftOf({ subject: 'a' }), draftOf({ subject: 'b' })]);
    const report = await verifyChain([[stored[0]!, { ...stored[1]!, index: 0 }]], head);
    expect(report.firstBad).toMatchObject({
      index: 0,
      reason: 'has an index that is already used',
    });
  });
});

describe('one entry is refused for', () => {
  const first = (): AuditEntry => JSON.parse(chainOf([draftOf()]).stored[0]!.text);
  const sealed = (entry: AuditEntry): string => {
    const { hash: _, ...leaf } = entry;
    return canonicalJson({ ...leaf, hash: leafHash(canonicalJson(leaf)) });
  };
  const id = 'mfa-enforcement-check/run-1/user.checked/00u1/0';

  test.each([
    [
      'text that is no JSON',
      '{',
      { id: null, reason: 'is not a JSON object with id, prevHash and hash' },
    ],
    [
      'JSON that is no entry',
      '[]',
      { id: null, reason: 'is not a JSON object with id, prevHash and hash' },
    ],
    ['null', 'null', { id: null, reason: 'is not a JSON object with id, prevHash and hash' }],
    ['spaces', JSON.stringify(first(), null, 1), { id, reason: 'is not canonical JSON' }],
    [
      'a member twice',
      canonicalJson(first()).replace('{', '{"run":"x",'),
      { id, reason: 'is not canonical JSON' },
    ],
    [
      'another hash',
      canonicalJson({ ...first(), hash: 'f'.repeat(64) }),
      { id, reason: 'does not match its own hash' },
    ],
    [
      'another predecessor',
      sealed({ ...first(), prevHash: 'f'.repeat(64) }),
      { id, reason: 'does not follow the entry before it' },
    ],
    [
      'a foreign id',
      sealed({ ...first(), id: 'x' }),
      { id: 'x', reason: 'has an id that does not match its content' },
    ],
    [
      'no identity',
      sealed({ ...first(), subject: '' }),
      { id, reason: 'has an id that does not match its content' },
    ],
  ])('%s', async (_, text, bad) => {
    expect((await verifyChain([[{ index: 0, text }]])).firstBad).toEqual({ index: 0, ...bad });
  });

  test('the id of an earlier entry', async () => {
    const { stored } = chainOf([
      draftOf({ sequence: 0 }),
      draftOf({ sequence: 0, outcome: { verdict: 'none' } }),
    ]);
    expect((await verifyChain([stored])).firstBad).toEqual({
      index: 1,
      id,
      reason: 'repeats an earlier id',
    });
  });
});
