import { describe, expect, it } from 'vitest';
import { assess } from '../../../src/twin/assess.ts';
import type { EarlierSync } from '../../../src/twin/assess.ts';
import type { Twin, TwinUser } from '../../../src/twin/types.ts';
import { app, factors, streams, twin, user } from '../../support/twin-orgs.ts';

const ROLE = [{ role: 'ORG_ADMIN', via: '00gstaff' }];
const after = (changed: Partial<Twin>, before: EarlierSync) =>
  assess(twin({ run: 'run-2', ...changed }), before);
const driftAfter = (changed: Partial<Twin>, before: EarlierSync) =>
  after(changed, before).drift.map(({ kind, subject, gap }) => [
    kind,
    subject,
    ...(gap === null ? [] : [gap]),
  ]);
const one = (changed: Partial<TwinUser> = {}): Partial<Twin> => ({
  users: [user('00u1', changed)],
});

describe('drift', () => {
  it('is empty on the first sync', () => {
    const first = assess(twin({ ...one({ roles: ROLE, factors: [] }), apps: [app('0oa1')] }));
    expect(first.drift).toEqual([]);
  });

  it('reports new administrators with the reason, whether they existed before or not', () => {
    const before = assess(twin(one())).next;
    const now = after(
      { users: [user('00u1', { roles: ROLE }), user('00u2', { groups: ['00gadmins'] })] },
      before,
    );
    expect(now.drift.map(({ kind, subject, detail }) => [kind, subject, detail])).toEqual([
      ['admin_added', '00u1', 'ORG_ADMIN through group Staff'],
      ['admin_added', '00u2', 'member of group Admins'],
    ]);
    expect(now.timeline.drift.admin_added).toBe(2);
  });

  it('reports users who lost MFA, even if the state was unknown in between', () => {
    const before = assess(twin(one())).next;
    const unreadable = after(one({ factors: null }), before);
    expect(unreadable.drift).toEqual([]);
    const lost = [
      ['mfa_lost', '00u1'],
      ['gap_opened', '00u1', 'user_no_mfa'],
    ];
    expect(driftAfter(one({ factors: factors('email') }), unreadable.next)).toEqual(lost);
  });

  it('reports new apps and closed gaps', () => {
    const before = assess(twin({ ...one({ factors: [] }), apps: [app('0oa1')] })).next;
    expect(driftAfter({ ...one(), apps: [app('0oa1'), app('0oa2')] }, before)).toEqual([
      ['gap_closed', '00u1', 'user_no_mfa'],
      ['app_added', '0oa2'],
    ]);
  });

  it('waits for an incomplete stream, and then reports', () => {
    const before = assess(twin(one())).next;
    const broken = {
      ...one({ roles: null, factors: [] }),
      streams: streams({ users: 'partial', roles: 'denied' }),
    };
    const second = after(broken, before);
    expect(second.drift).toEqual([]);
    expect(second.timeline.incomplete).toEqual(['users', 'roles']);
    expect(driftAfter(one({ roles: ROLE, factors: [] }), second.next)).toEqual([
      ['admin_added', '00u1'],
      ['mfa_lost', '00u1'],
      ['gap_opened', '00u1', 'admin_no_mfa'],
    ]);
  });

  it('does not report an administrator as new whose roles could never be read before', () => {
    const first = assess(twin({ ...one({ roles: null }), streams: streams({ roles: 'denied' }) }));
    expect(driftAfter(one({ roles: ROLE }), first.next)).toEqual([]);
  });
});
