import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { MANY_TARGETS, riskIncrease, riskReasons } from '../../../src/governance/context.ts';
import { evaluate } from '../../../src/governance/evaluate.ts';
import { bundle, policy } from '../../support/policies.ts';
import { assertProperty } from '../../support/properties.ts';
import { RISKS } from '../../../src/governance/types.ts';
import type { ContextFacts } from '../../../src/governance/context.ts';

describe('context', () => {
  it.each<[string, ContextFacts, number]>([
    ['nothing known', {}, 0],
    [
      'nothing special',
      { targetAdministrator: false, protected: false, groupGrantsAdmin: false, targets: 1 },
      0,
    ],
    ['an administrator', { targetAdministrator: true }, 1],
    ['a protected account', { protected: true }, 1],
    ['attributes that would be removed', { removes: 1 }, 1],
    ['an unknown number of attributes', { removes: Number.NaN }, 1],
    ['a protected administrator: one condition', { targetAdministrator: true, protected: true }, 1],
    ['a group that grants roles', { groupGrantsAdmin: true }, 1],
    ['exactly as many targets as are few', { targets: MANY_TARGETS }, 0],
    ['one target more', { targets: MANY_TARGETS + 1 }, 1],
    ['a number of targets that is none', { targets: Number.NaN }, 1],
    ['all at once', { protected: true, groupGrantsAdmin: true, targets: 11 }, 3],
  ])('%s', (_, facts, levels) => {
    expect(riskIncrease(facts)).toBe(levels);
    expect(riskReasons(facts)).toHaveLength(levels);
  });

  it('only raises the risk, up to CRITICAL, whatever the facts', () => {
    const everything = bundle(policy({ name: 'all', operations: ['*:*'], riskMax: 'CRITICAL' }));
    const facts = fc.record(
      {
        targetAdministrator: fc.boolean(),
        protected: fc.boolean(),
        groupGrantsAdmin: fc.boolean(),
        targets: fc.oneof(fc.integer(), fc.double()),
      },
      { requiredKeys: [] },
    );
    const okta = OPERATIONS.filter(({ connector }) => connector === 'okta');
    assertProperty(
      fc.property(fc.constantFrom(...okta), facts, (row, known) => {
        const ask = (levels: number) =>
          evaluate(
            { connector: 'okta', operation: row.operation, principal: 'agent:x', raisedBy: levels },
            everything,
            { riskMax: {} },
            OPERATIONS,
          ).risk;
        const place = RISKS.indexOf(row.risk);
        expect(ask(riskIncrease(known))).toBe(
          RISKS[Math.min(place + riskIncrease(known), RISKS.length - 1)],
        );
        expect(riskIncrease(known)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
