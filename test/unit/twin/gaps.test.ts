import { describe, expect, it } from 'vitest';
import { assess } from '../../../src/twin/assess.ts';
import { GAP_TABLE } from '../../../src/twin/gap-kinds.ts';
import { GAP_KINDS } from '../../../src/twin/types.ts';
import type { GapKind, Twin, TwinUser } from '../../../src/twin/types.ts';
import { app, daysAgo, factors, streams, twin, user } from '../../support/twin-orgs.ts';

const SUPER = [{ role: 'SUPER_ADMIN', via: 'direct' }];
const kinds = (whole: Twin): GapKind[] => assess(whole).gaps.map(({ kind }) => kind);
const kindsOf = (changed: Partial<TwinUser>): GapKind[] =>
  kinds(twin({ users: [user('00u1', changed)] }));
const supers = (count: number): TwinUser[] =>
  Array.from({ length: count }, (_, place) => user(`00u${place}`, { roles: SUPER }));

/**
 * For each kind, an organisation that has only this gap, and one just below its limit that has
 * none.
 */
const CASES: Record<GapKind, { has: Partial<Twin>; hasNot: Partial<Twin> }> = {
  admin_no_mfa: one(
    { roles: SUPER, factors: factors('email', 'question') },
    { roles: SUPER, factors: null },
  ),
  admin_weak_only: one(
    { groups: ['00gadmins'], factors: factors('sms', 'email') },
    { groups: ['00gadmins'], factors: factors('sms', 'web') },
  ),
  user_no_mfa: one({ factors: [] }, { factors: factors('passkey9') }),
  super_admin_single_factor: one(
    { roles: SUPER, factors: factors('signed_nonce', 'push', 'token:software:totp', 'email') },
    { roles: SUPER, factors: factors('push', 'webauthn') },
  ),
  user_weak_only: one({ factors: factors('call', 'question') }, { factors: factors('web') }),
  stale_account: one({ lastLogin: daysAgo(91) }, { lastLogin: daysAgo(91), lastSeen: daysAgo(3) }),
  admin_old_password: one(
    { groups: ['00gbyid'], passwordChanged: daysAgo(181) },
    { groups: ['00gstaff'], passwordChanged: daysAgo(181) },
  ),
  too_many_super_admins: { has: { users: supers(6) }, hasNot: { users: supers(5) } },
  never_signed_in: one(
    { lastLogin: null },
    { lastLogin: null, created: daysAgo(3), activated: daysAgo(3) },
  ),
  password_app: {
    has: { apps: [app('0oa1', { signOnMode: 'BROWSER_PLUGIN' })] },
    hasNot: { apps: [app('0oa1', { signOnMode: 'BROWSER_PLUGIN', status: 'INACTIVE' })] },
  },
  lingering_staged: one(
    { status: 'STAGED', activated: null, lastLogin: null },
    { status: 'STAGED', activated: null, lastLogin: null, created: daysAgo(10) },
  ),
  lingering_provisioned: one(
    { status: 'PROVISIONED', factors: [] },
    { status: 'PROVISIONED', activated: daysAgo(10) },
  ),
};

function one(
  has: Partial<TwinUser>,
  hasNot: Partial<TwinUser>,
): { has: Partial<Twin>; hasNot: Partial<Twin> } {
  return { has: { users: [user('00u1', has)] }, hasNot: { users: [user('00u1', hasNot)] } };
}

describe('each kind of gap', () => {
  it.each(GAP_KINDS)('%s is found, alone, and not just below its limit', (kind) => {
    expect(kinds(twin(CASES[kind].has))).toEqual([kind]);
    expect(kinds(twin(CASES[kind].hasNot))).toEqual([]);
  });

  it.each(GAP_KINDS)(
    '%s needs its streams, and is carried while one of them is not complete',
    (kind) => {
      const found = assess(twin(CASES[kind].has));
      for (const name of GAP_TABLE[kind].needs) {
        const broken = streams({ [name]: 'partial' });
        expect(kinds(twin({ ...CASES[kind].has, streams: broken }))).not.toContain(kind);
        const later = assess(
          twin({ ...CASES[kind].hasNot, streams: broken, run: 'run-2' }),
          found.next,
        );
        expect(later.gaps).toEqual(found.gaps);
      }
      const later = assess(twin({ ...CASES[kind].hasNot, run: 'run-2' }), found.next);
      // Unreadable factors do not change an open gap.
      expect(later.gaps).toEqual(kind === 'admin_no_mfa' ? found.gaps : []);
    },
  );

  it('keeps the time at which it was first found', () => {
    const first = assess(twin(CASES.user_no_mfa.has));
    const second = assess(
      twin({ ...CASES.user_no_mfa.has, at: daysAgo(-7), run: 'run-2' }),
      first.next,
    );
    expect(second.gaps.map(({ since }) => since)).toEqual(first.gaps.map(({ since }) => since));
  });
});

describe('users', () => {
  it('have one gap for missing MFA, and that of an administrator takes precedence', () => {
    expect(kindsOf({ factors: [], roles: [{ role: 'HELP_DESK_ADMIN', via: '00gstaff' }] })).toEqual(
      ['admin_no_mfa'],
    );
    expect(kindsOf({ factors: factors('sms'), roles: SUPER })).toEqual([
      'admin_weak_only',
      'super_admin_single_factor',
    ]);
  });

  it('without MFA are found even if roles are denied, and members of privileged groups count as administrators', () => {
    const users = [
      user('00u1', { factors: [], roles: null }),
      user('00u2', { factors: [], roles: null, groups: ['00gadmins'] }),
    ];
    const denied = twin({ users, streams: streams({ roles: 'denied' }) });
    expect(kinds(denied)).toEqual(['admin_no_mfa', 'user_no_mfa']);
  });

  it("have the administrator's gap if they were last known as administrators and roles cannot be read", () => {
    const before = assess(
      twin({ users: [user('00u1', { roles: SUPER }), user('00u2', { roles: [] })] }),
    );
    const lost = [
      user('00u1', { factors: [], roles: SUPER }),
      user('00u2', { factors: [], roles: [] }),
    ];
    const denied = assess(
      twin({ users: lost, streams: streams({ roles: 'denied' }), run: 'run-2' }),
      before.next,
    );
    expect(denied.gaps.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'admin_no_mfa 00u1',
      'user_no_mfa 00u2',
    ]);
    expect(denied.tally).toMatchObject({ privileged: 1, superAdmins: 1 });
    // The next complete sync closes nothing.
    const complete = assess(twin({ users: lost, run: 'run-3' }), denied.next);
    expect(complete.gaps.map(({ since }) => since)).toEqual(denied.gaps.map(({ since }) => since));
    expect(complete.drift).toEqual([]);
  });

  it("keep the administrator's gap while roles cannot be read, without a second one", () => {
    const before = assess(twin({ users: [user('00u1', { factors: [], roles: SUPER })] }));
    const denied = twin({
      users: [user('00u1', { factors: [], roles: null })],
      streams: streams({ roles: 'denied' }),
    });
    expect(assess(denied, before.next).gaps).toEqual(before.gaps);
  });

  it('who are not ACTIVE, or are gone, have none of the gaps of ACTIVE users', () => {
    expect(kindsOf({ status: 'SUSPENDED', factors: [], lastLogin: null })).toEqual([]);
    expect(kindsOf({ gone: true, factors: [], roles: SUPER })).toEqual([]);
  });

  it('who are no longer in the twin lose their gaps when their stream is complete', () => {
    const first = assess(twin(CASES.user_no_mfa.has));
    const partial = assess(
      twin({ streams: streams({ users: 'partial' }), run: 'run-2' }),
      first.next,
    );
    expect(partial.gaps).toEqual(first.gaps);
    expect(assess(twin({ run: 'run-3' }), partial.next).gaps).toEqual([]);
  });

  it('may have the name of a property of every object', () => {
    const strange = factors('__proto__', 'constructor');
    expect(kindsOf({ id: '__proto__', login: 'constructor', factors: strange })).toEqual([]);
    const role = [{ role: 'toString', via: '__proto__' }];
    expect(kindsOf({ id: '__proto__', factors: [], roles: role })).toEqual(['admin_no_mfa']);
    expect(kinds(twin({ apps: [app('__proto__', { signOnMode: '__proto__' })] }))).toEqual([]);
  });
});
