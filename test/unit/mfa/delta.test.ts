import { describe, expect, it } from 'vitest';
import { effectOf, deltaStart, LOG_KEPT_MS, rereadReason } from '../../../src/mfa/delta.ts';
import type { EarlierReading, LogEntry } from '../../../src/mfa/delta.ts';
import { LOG_FILTER, LOG_TABLE, rowOf } from '../../../src/mfa/delta-table.ts';
import { compileExpression } from '../../../emulators/okta/expression.ts';

const ANN = { id: '00uann', type: 'User' };
const ADMIN = { id: '00uadmin', type: 'User' };
const GROUP = { id: '00gx', type: 'UserGroup' };
const entry = (eventType: string, more: Partial<LogEntry> = {}): LogEntry => ({
  eventType,
  actor: ADMIN,
  targets: [ANN],
  ...more,
});

describe('which users a log entry affects', () => {
  it.each(LOG_TABLE)('$family affects $effect: $reason', ({ family, effect }) => {
    const { changed, force } = effectOf([entry(`${family}something`)], 0);
    expect(force?.code).toBe(effect === 'all_users' ? 'settings_changed' : undefined);
    expect(changed.includes(ANN.id)).toBe(effect === 'named_users');
  });

  it.each([
    ['user.session.start', null],
    ['user.authentication.auth_via_mfa', null],
    ['user.mfa.okta_verify', null],
    ['application.user_membership.add', null],
    ['policy.evaluate_sign_on', null],
    ['policy.rule.action.execute', null],
    ['policy.rule.update', 'all_users'],
    ['group.user_membership.add', 'named_users'],
    ['group.user_membership.rule.deactivated', 'all_users'],
    ['system.mfa.factor.deactivate', 'all_users'],
    ['user.mfa.factor.reset_all', 'named_users'],
    ['zone.update', 'all_users'],
  ])('%s affects %s', (eventType, effect) => {
    expect(rowOf(eventType)?.effect ?? null).toBe(effect);
  });

  it('the filter selects every family of the table and little else', () => {
    const asked = compileExpression(LOG_FILTER).test;
    const isAsked = (eventType: string): boolean =>
      asked((path) => (path === 'eventType' ? eventType : null));
    for (const { family } of LOG_TABLE) expect(isAsked(`${family}something`)).toBe(true);
    expect(
      ['user.session.start', 'policy.evaluate_sign_on', 'user.mfa.okta_verify'].filter(isAsked),
    ).toEqual([]);
    expect(LOG_FILTER.length).toBeLessThan(2_000);
  });

  it('also names the actor, but an entry must name the user whom it is about', () => {
    expect(effectOf([entry('user.mfa.factor.activate')], 0)).toEqual({
      changed: [ANN.id, ADMIN.id],
      force: null,
    });
    const device = entry('device.lifecycle.delete', { targets: [{ id: 'guo1', type: 'Device' }] });
    expect(effectOf([device], 0)).toMatchObject({ changed: [], force: { code: 'names_nobody' } });
    expect(effectOf([entry('device.enrollment.create', { targets: [] })], 0)).toEqual({
      changed: [ADMIN.id],
      force: null,
    });
    const anonymous = entry('user.mfa.factor.activate', {
      targets: [GROUP, ANN, { id: null, type: 'User' }],
    });
    expect(effectOf([anonymous], 0).force).toMatchObject({ code: 'names_nobody' });
  });

  it('forces a full scan for a malformed entry, and says which settings changed', () => {
    expect(effectOf([], 1).force?.code).toBe('log_malformed');
    expect(effectOf([entry('policy.lifecycle.update')], 0).force?.text).toContain(
      '(policy.lifecycle.update)',
    );
  });

  it('names the entry that forces a full scan by type and time, and says if it is older than the base', () => {
    const zone = { ...entry('zone.delete'), published: '2026-11-22T17:36:00Z' };
    const textWith = (base?: string) => effectOf([zone], 0, base).force?.text;
    expect(textWith()).toMatch(/\(zone\.delete at 2026-11-22T17:36:00\.000Z\)$/);
    expect(textWith('2026-11-22T17:30:00.000Z')).toBe(textWith());
    expect(textWith('2026-11-22T18:00:00.000Z')).toMatch(
      /17:36:00\.000Z, which is before the run to start from, .* again\)$/,
    );
    const hostile = { ...entry('zone.delete\u001b[31m <b>'), published: 'soon' };
    expect(effectOf([hostile], 0).force?.text).toMatch(/\(zone\.\*\)$/);
  });
});

const BASE = {
  run: 'base',
  startedAt: '2026-03-01T08:00:00.000Z',
  lastFull: '2026-02-15T08:00:00.000Z',
};
const DAY = 86_400_000;
const after = (ms: number): Date => new Date(Date.parse(BASE.startedAt) + ms);
const usual = { base: BASE, now: after(7 * DAY), fullEveryMs: 30 * DAY, logAllowed: true };

describe('whether a delta scan may start', () => {
  it('reads the log from an hour before the base', () => {
    expect(deltaStart(usual)).toEqual({ since: '2026-03-01T07:00:00.000Z' });
  });

  it.each([
    ['no_base', { base: null }],
    ['log_not_allowed', { logAllowed: false }],
    ['base_too_old', { now: after(LOG_KEPT_MS), fullEveryMs: 400 * DAY }],
    ['full_due', { now: after(16 * DAY + 1) }],
  ])('%s', (code, change) => {
    expect(deltaStart({ ...usual, ...change })).toMatchObject({ code, text: expect.any(String) });
  });
});

const factor = (status: string | null) => ({ type: 'push', provider: 'OKTA', status });
const earlier: EarlierReading = {
  status: 'ACTIVE',
  created: null,
  verdict: 'compliant',
  factors: [factor('ACTIVE')],
};
const listed = { status: 'ACTIVE', created: null };

describe('which users are read again', () => {
  it('does not include a user whose reading is still valid', () => {
    for (const verdict of ['compliant', 'weak_only', 'none', 'exempt'] as const)
      expect(rereadReason({ ...earlier, verdict }, listed, false)).toBeNull();
    expect(rereadReason({ ...earlier, factors: [] }, listed, false)).toBeNull();
    expect(rereadReason({ ...earlier, factors: [factor('INACTIVE')] }, listed, false)).toBeNull();
  });

  it('includes a user who is new, changed or listed differently', () => {
    expect(rereadReason(null, listed, false)).toBe('newly_listed');
    expect(rereadReason(earlier, listed, true)).toBe('changed');
    expect(rereadReason(earlier, { ...listed, status: 'LOCKED_OUT' }, false)).toBe(
      'listed_differently',
    );
    expect(rereadReason(earlier, { ...listed, created: '2026-01-01' }, false)).toBe(
      'listed_differently',
    );
  });

  it.each(['unknown', 'pending_only', 'in_grace', 'vanished', null] as const)(
    'includes a user whose verdict was %s',
    (verdict) => {
      expect(rereadReason({ ...earlier, verdict }, listed, false)).toBe('not_settled');
    },
  );

  it.each(['ENROLLED', 'PENDING_ACTIVATION', 'NOT_SETUP', 'EXPIRED', 'SOMETHING', null])(
    'includes a user with a factor that is %s, which may change without an entry',
    (status) => {
      const factors = [factor('ACTIVE'), factor(status)];
      expect(rereadReason({ ...earlier, factors }, listed, false)).toBe('may_change_silently');
    },
  );
});
