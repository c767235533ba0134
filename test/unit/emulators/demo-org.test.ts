import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers } from '../../../emulators/demo/enrolments.ts';
import { evolve } from '../../../emulators/demo/evolve.ts';
import {
  ADMIN_GROUP,
  APPROVER_GROUP,
  buildDemoOrg,
  SERVICE_LOGIN,
} from '../../../emulators/demo/org.ts';
import { buildPlainOrg } from '../../../emulators/demo/plain.ts';
import type { UserRecord } from '../../../emulators/okta/model.ts';
import { OktaOrg } from '../../../emulators/okta/org.ts';
import { assertProperty } from '../../support/properties.ts';

const NOW = Date.parse('2026-05-04T10:00:00Z');
const DAY = 86_400_000;

function demo(seed: number, users = 503): OktaOrg {
  const org = new OktaOrg(seed, {
    rateLimit: 0,
    windowMs: 1000,
    token: 't',
    denyPaths: [],
    oauth: null,
  });
  buildDemoOrg(org, { users, now: NOW });
  return org;
}
const active = (org: OktaOrg): UserRecord[] =>
  org.present().filter(({ status }) => status === 'ACTIVE');
const enrolled = (org: OktaOrg, ...types: string[]): UserRecord[] =>
  active(org).filter(
    ({ factors }) => factors.length > 0 && factors.every(({ type }) => types.includes(type)),
  );

describe('the demo organisation', () => {
  it('is the same for the same seed, and different for another', () => {
    const logins = (org: OktaOrg): string[] => org.present().map(({ profile }) => profile.login);
    expect(JSON.stringify(demo(1).present())).toBe(JSON.stringify(demo(1).present()));
    expect(logins(demo(1))).not.toEqual(logins(demo(2)));
  });

  it('has the requested number of distinct ACTIVE users, 85 to 92 % of them covered', () => {
    assertProperty(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 100, max: 1500 }),
        (seed, users) => {
          const org = demo(seed, users);
          const found = active(org);
          const share = found.filter(({ factors }) => covers(factors)).length / users;
          expect(found).toHaveLength(users);
          expect(new Set(org.present().map(({ id }) => id)).size).toBe(org.present().length);
          expect(new Set(org.present().map(({ profile }) => profile.login)).size).toBe(
            org.present().length,
          );
          expect(org.present().every(({ id }) => /^00u[A-Za-z0-9]{17}$/.test(id))).toBe(true);
          expect(share).toBeGreaterThan(0.85);
          expect(share).toBeLessThan(0.92);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('leads to 40 to 70 tickets by default', () => {
    const lacking = active(demo(1)).filter(
      ({ factors, profile }) => !covers(factors) && profile.login !== SERVICE_LOGIN,
    );
    expect(lacking.length).toBeGreaterThanOrEqual(40);
    expect(lacking.length).toBeLessThanOrEqual(70);
  });

  it('has one of each special account', () => {
    const org = demo(1);
    expect(active(org).filter(({ vanish }) => vanish)).toHaveLength(1);
    expect(active(org).filter(({ denyFactors }) => denyFactors)).toHaveLength(1);
    expect(org.user(SERVICE_LOGIN)).toMatchObject({ status: 'ACTIVE', factors: [] });
  });

  const KINDS: readonly (readonly [string, string[]])[] = [
    ['FastPass only', ['signed_nonce', 'email']],
    ['SMS only', ['sms', 'email']],
    ['e-mail only', ['email']],
    ['security question', ['question', 'email']],
    ['Duo', ['web']],
    ['WebAuthn', ['webauthn', 'email']],
  ];
  it.each(KINDS)('has users with %s', (_, types) => {
    expect(enrolled(demo(1), ...types).length).toBeGreaterThan(0);
  });

  it('has pending enrolments, new hires, departments, administrators, and accounts that are not ACTIVE', () => {
    const org = demo(1);
    const pending = active(org).filter(({ factors }) =>
      factors.some(({ status }) => status === 'PENDING_ACTIVATION'),
    );
    const hires = active(org).filter(({ created }) => NOW - Date.parse(created) < 5 * DAY);
    const statuses = new Set(org.present().map(({ status }) => status));
    expect(pending.length).toBeGreaterThan(3);
    expect(hires.length).toBeGreaterThanOrEqual(5);
    expect(org.groupNamed(ADMIN_GROUP)?.members?.size).toBe(8);
    expect(org.groupNamed(APPROVER_GROUP)?.members?.size).toBe(4);
    expect(org.groups.length).toBeGreaterThan(12);
    expect([...statuses].sort()).toEqual(
      [
        'ACTIVE',
        'DEPROVISIONED',
        'LOCKED_OUT',
        'PASSWORD_EXPIRED',
        'PROVISIONED',
        'STAGED',
        'SUSPENDED',
      ].sort(),
    );
  });

  it('can have any small size', () => {
    for (const users of [0, 1, 5, 19, 20]) expect(active(demo(3, users))).toHaveLength(users);
  });
});

describe('a week', () => {
  it('changes one user to compliant, one to regressed, adds one, removes one, and names them', () => {
    const org = demo(1);
    for (const week of [1, 2, 3]) {
      const before = new Map(active(org).map((user) => [user.id, covers(user.factors)]));
      const { becameCompliant, regressed, joined, left } = evolve(org, week);
      const now = (id: string | undefined): boolean => covers(org.user(id ?? '')?.factors ?? []);
      expect([becameCompliant, regressed, joined, left].map(({ length }) => length)).toEqual([
        1, 1, 1, 1,
      ]);
      expect([before.get(becameCompliant[0]!.id), now(becameCompliant[0]?.id)]).toEqual([
        false,
        true,
      ]);
      expect([before.get(regressed[0]!.id), now(regressed[0]?.id)]).toEqual([true, false]);
      expect(before.has(joined[0]!.id)).toBe(false);
      expect(org.user(left[0]!.id)?.status).toBe('DEPROVISIONED');
      expect(org.user(SERVICE_LOGIN)?.factors).toEqual([]);
    }
  });

  it('also works in an empty organisation', () => {
    const org = demo(1, 0);
    expect(evolve(org, 1)).toMatchObject({
      becameCompliant: [],
      regressed: [],
      left: [],
      joined: [{}],
    });
  });
});

describe('the plain organisation', () => {
  it('has similar users, a share of them with only SMS', () => {
    const org = new OktaOrg(1, {
      rateLimit: 0,
      windowMs: 1000,
      token: 't',
      denyPaths: [],
      oauth: null,
    });
    buildPlainOrg(org, { users: 200, weakShare: 0.05 });
    expect(org.present().filter(({ factors }) => !covers(factors))).toHaveLength(10);
    buildPlainOrg(org, { users: 0, weakShare: 0 });
    expect(org.present()).toHaveLength(200);
  });
});
