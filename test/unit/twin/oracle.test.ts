import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assess } from '../../../src/twin/assess.ts';
import { mfaState } from '../../../src/twin/mfa.ts';
import { GAP_KINDS } from '../../../src/twin/types.ts';
import type { Gap, Twin } from '../../../src/twin/types.ts';
import { forOracle, someTwin, streams } from '../../support/twin-orgs.ts';
import { oracleFacts, oracleGaps, oracleMfa } from '../../support/twin-oracle.ts';
import { assertProperty } from '../../support/properties.ts';

const lines = (gaps: readonly Gap[]): string[] =>
  gaps.map(({ severity, kind, subject }) => `${severity} ${kind} ${subject}`).sort();

const factTexts = (whole: Twin): Record<string, string> =>
  Object.fromEntries(assess(whole).facts.map(({ key, text }) => [key, text]));

describe('generated organisations', () => {
  it('have the gaps, facts and MFA states of an independent implementation of the specification', () => {
    const seen = new Set<string>();
    assertProperty(
      fc.property(someTwin, (whole) => {
        const { gaps } = assess(whole);
        expect(lines(gaps)).toEqual(oracleGaps(forOracle(whole)));
        expect(factTexts(whole)).toMatchObject(oracleFacts(forOracle(whole)));
        for (const one of whole.users) expect(mfaState(one.factors)).toBe(oracleMfa(one));
        for (const { kind } of gaps) seen.add(kind);
      }),
      { numRuns: 300 },
    );
    expect([...seen].sort()).toEqual([...GAP_KINDS].sort());
  });

  it('do not change when assessed again from the stored form', () => {
    assertProperty(
      fc.property(someTwin, (whole) => {
        const stored = JSON.parse(JSON.stringify(whole)) as Twin;
        const first = assess(stored);
        const second = assess({ ...stored, run: 'run-2' }, first.next);
        expect(second.gaps).toEqual(first.gaps);
        expect(second.changedFacts).toEqual([]);
        expect(second.drift).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('neither gain nor lose a gap in a sync without a complete stream', () => {
    assertProperty(
      fc.property(someTwin, someTwin, (whole, garbled) => {
        const first = assess(whole);
        const failed = streams({
          users: 'partial',
          apps: 'denied',
          logs: 'denied',
          roles: 'denied',
        });
        const second = assess({ ...garbled, streams: failed, run: 'run-2' }, first.next);
        expect(lines(second.gaps)).toEqual(lines(first.gaps));
        expect(second.changedFacts).toEqual([]);
        expect(second.drift.filter(({ kind }) => kind !== 'app_added')).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
