import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incompleteReasons } from '../../../src/mfa/completeness.ts';
import {
  countVerdict,
  coverageOf,
  emptyCounts,
  formatCoverage,
  nonCompliant,
} from '../../../src/mfa/coverage.ts';
import { exemptionOf, graceReason, isLive } from '../../../src/mfa/exemptions.ts';
import { controlLabel, isTicketLabel, scopeKey, ticketLabel } from '../../../src/mfa/identity.ts';
import { classify, countAuthenticators, strongestClass } from '../../../src/mfa/strength.ts';
import { StatisticsBuilder } from '../../../src/mfa/summary.ts';
import { VERDICTS } from '../../../src/mfa/types.ts';
import { assertProperty } from '../../support/properties.ts';

const counted = (...verdicts: (typeof VERDICTS)[number][]) => {
  const counts = emptyCounts();
  for (const verdict of verdicts) countVerdict(counts, verdict);
  return counts;
};
const active = (type: string, provider: string | null = 'OKTA') => ({
  type,
  provider,
  status: 'ACTIVE',
});

describe('counts and coverage', () => {
  it('enumerated is always the sum of all verdicts, and coverage lies within its bounds', () => {
    assertProperty(
      fc.property(fc.array(fc.constantFrom(...VERDICTS), { maxLength: 200 }), (verdicts) => {
        const counts = counted(...verdicts);
        expect(counts.enumerated).toBe(VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0));
        const { low, high } = coverageOf(counts);
        if (low === null || high === null) return;
        expect(low).toBeLessThanOrEqual(high);
        expect(high).toBeLessThanOrEqual(1);
        expect(low === high).toBe(counts.unknown === 0);
      }),
    );
  });

  it('excludes exempt, new and vanished users, and counts unknown users both ways', () => {
    const counts = counted(
      'compliant',
      'compliant',
      'none',
      'unknown',
      'exempt',
      'in_grace',
      'vanished',
    );
    expect(coverageOf(counts)).toEqual({ low: 0.5, high: 0.75 });
    expect(nonCompliant(counts)).toBe(1);
    expect(coverageOf(counted('exempt'))).toEqual({ low: null, high: null });
  });

  it('never rounds coverage up', () => {
    expect(formatCoverage({ low: 0.9996, high: 0.9996 })).toBe('99.9 %');
    expect(formatCoverage({ low: 0.29, high: 0.29 })).toBe('29.0 %');
    expect(formatCoverage({ low: 0.912, high: 0.914 })).toBe('91.2 % to 91.4 %');
    expect(formatCoverage({ low: null, high: null })).toBe('n/a');
  });
});

describe('incompleteReasons', () => {
  const base = { listingLost: null, previousEnumerated: null, maxUnknown: 0.01, maxDrop: 0.2 };
  const many = (unknown: number, compliant: number) => ({
    ...emptyCounts(),
    unknown,
    compliant,
    enumerated: unknown + compliant,
  });

  it.each([
    ['one unknown in 500', { ...base, counts: many(1, 499) }, 0],
    ['exactly the threshold', { ...base, counts: many(5, 495) }, 0],
    ['above the threshold', { ...base, counts: many(6, 494) }, 1],
    ['zero users', { ...base, counts: many(0, 0) }, 1],
    ['a drop of exactly 20 %', { ...base, counts: many(0, 80), previousEnumerated: 100 }, 0],
    ['a drop of more than 20 %', { ...base, counts: many(0, 79), previousEnumerated: 100 }, 1],
    ['a list that ended early', { ...base, counts: many(0, 100), listingLost: 'unavailable' }, 1],
  ])('%s', (_, input, reasons) => {
    expect(incompleteReasons(input)).toHaveLength(reasons);
  });
});

describe('exemptions and grace', () => {
  const exemption = { user: 'svc@example.com', reason: 'robot', owner: 'it', until: '2027-01-31' };

  it('is valid until the end of its last day in UTC', () => {
    expect(isLive(exemption, new Date('2027-01-31T23:59:59.999Z'))).toBe(true);
    expect(isLive(exemption, new Date('2027-02-01T00:00:00.000Z'))).toBe(false);
  });

  it('finds users by login in any case, by id and by group, but not by inherited property names', () => {
    const index = {
      users: { 'svc@example.com': 'robot', '00uA': 'id' },
      members: { '00uB': 'group' },
    };
    expect(exemptionOf(index, { userId: '00uX', login: 'SVC@Example.com' })).toBe('robot');
    expect(exemptionOf(index, { userId: '00uA', login: 'a' })).toBe('id');
    expect(exemptionOf(index, { userId: '00uB', login: 'b' })).toBe('group');
    expect(exemptionOf(index, { userId: 'constructor', login: '__proto__' })).toBeNull();
  });

  it('counts the grace period from the later of creation and activation', () => {
    const now = new Date('2026-11-22T08:00:00Z');
    const week = 7 * 86_400_000;
    const grace = (created: string | null, activated: string | null = null, ms = week) =>
      graceReason({ created, activated }, now, ms);
    expect(grace('2026-11-15T08:00:00.001Z')).toBe('within the grace period: created 2026-11-15');
    expect(grace('2026-11-15T08:00:00.000Z')).toBeNull();
    expect(grace('2019-01-01T00:00:00Z', '2026-11-20T09:00:00.000Z')).toBe(
      'within the grace period: activated 2026-11-20',
    );
    expect(grace('2026-11-20T09:00:00Z', '2019-01-01T00:00:00Z')).toContain('created');
    expect(grace(null)).toBeNull();
    expect(grace('not a time', 'nor this')).toBeNull();
    expect(grace('2026-11-22T07:00:00Z', null, 0)).toBeNull();
  });
});

describe('identity', () => {
  it('is the same for one org, subject and control, and different for others', () => {
    const label = ticketLabel('example.okta.com', '00uaaaaaaaaaaaaaaaaa');
    expect(isTicketLabel(label)).toBe(true);
    expect(ticketLabel('other.okta.com', '00uaaaaaaaaaaaaaaaaa')).not.toBe(label);
    expect(ticketLabel('example.okta.com', '00uaaaaaaaaaaaaaaaab')).not.toBe(label);
    expect(isTicketLabel(controlLabel('example.okta.com'))).toBe(false);
  });

  it('does not depend on the order of the parts of a scope', () => {
    expect(scopeKey('o', ['ACTIVE', 'LOCKED_OUT'], ['a', 'b'])).toBe(
      scopeKey('o', ['LOCKED_OUT', 'ACTIVE'], ['b', 'a']),
    );
    expect(scopeKey('o', ['ACTIVE'], [])).not.toBe(scopeKey('o', [], ['ACTIVE']));
  });
});

describe('factor strength', () => {
  it('counts one Okta Verify enrolment once', () => {
    const verify = [active('signed_nonce'), active('push'), active('token:software:totp')];
    expect(countAuthenticators(verify)).toBe(1);
    expect(
      countAuthenticators([
        ...verify,
        active('token:software:totp', 'GOOGLE'),
        active('webauthn', 'FIDO'),
      ]),
    ).toBe(3);
    expect(countAuthenticators([{ ...active('push'), status: 'PENDING_ACTIVATION' }])).toBe(0);
  });

  it('gives the strongest class of the ACTIVE factors', () => {
    expect(strongestClass(classify([active('sms'), active('push')]))).toBe('strong');
    expect(
      strongestClass(classify([{ ...active('webauthn'), status: 'PENDING_ACTIVATION' }])),
    ).toBeNull();
  });

  it('collects the figures of a report', () => {
    const builder = new StatisticsBuilder(new Set(['a']));
    builder.add({
      userId: 'a',
      department: 'Legal',
      group: 'EU',
      verdict: 'compliant',
      factors: classify([active('push')]),
    });
    builder.add({
      userId: 'b',
      department: null,
      group: 'EU',
      verdict: 'weak_only',
      factors: classify([active('sms'), active('sms')]),
    });
    const statistics = builder.result();
    expect(statistics).toMatchObject({
      byFactor: { push: 1, sms: 1 },
      pushOnly: 1,
      authenticators: 3,
    });
    expect(statistics.administrators?.counts).toMatchObject({ enumerated: 1, compliant: 1 });
    expect(statistics.groups).toMatchObject([{ name: 'EU', counts: { enumerated: 2 } }]);
    expect(statistics.departments.map(({ name }) => name)).toEqual(['(none)', 'Legal']);
  });
});
