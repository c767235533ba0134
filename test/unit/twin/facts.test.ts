import { describe, expect, it } from 'vitest';
import { assess } from '../../../src/twin/assess.ts';
import type { Fact } from '../../../src/twin/types.ts';
import { app, daysAgo, factors, NOW, streams, twin, user } from '../../support/twin-orgs.ts';

const without = (count: number) =>
  Array.from({ length: count }, (_, place) => user(`00n${place}`, { factors: [] }));
const covered = (count: number) => Array.from({ length: count }, (_, place) => user(`00c${place}`));
const fact = (facts: readonly Fact[], key: string) => facts.find((one) => one.key === key);

describe('facts', () => {
  it('have the specified form, and are verified if their streams are complete', () => {
    const apps = Array.from({ length: 40 }, (_, place) => app(`0oa${place}`));
    const users = [...covered(879), ...without(121), user('00x', { factors: null })];
    const { facts } = assess(
      twin({ users, apps: [...apps, app('0oab', { signOnMode: 'BOOKMARK' })] }),
    );
    const verified = facts
      .filter(({ confidence }) => confidence === 'verified')
      .map(({ text }) => text);
    expect(verified).toEqual(
      expect.arrayContaining(['tool:okta', 'mfa_coverage:87%', 'sso_apps:40', 'mfa_unknown:1']),
    );
    expect(fact(facts, 'mfa_coverage')).toEqual({
      key: 'mfa_coverage',
      value: '87%',
      text: 'mfa_coverage:87%',
      confidence: 'verified',
      source: 'okta:users',
      run: 'run-1',
      observedAt: NOW,
      leavesOut: null,
    });
    expect(fact(facts, 'stale_accounts')?.confidence).toBe('derived');
  });

  it('round coverage down, and give n/a without users', () => {
    const coverage = (users: ReturnType<typeof covered>) =>
      fact(assess(twin({ users })).facts, 'mfa_coverage')?.value;
    expect(coverage([...covered(999), ...without(1)])).toBe('99%');
    expect(coverage(covered(3))).toBe('100%');
    expect(coverage([...covered(29), ...without(71)])).toBe('29%');
    expect(coverage([])).toBe('n/a');
    expect(coverage([user('00x', { factors: factors('passkey9') })])).toBe('n/a');
  });

  it('are stated only if their streams are complete', () => {
    const denied = assess(twin({ streams: streams({ users: 'partial', roles: 'denied' }) })).facts;
    expect(denied.map(({ key }) => key)).toEqual([
      ...['apps_bookmark', 'apps_federated', 'apps_password', 'sso_apps', 'tool:okta'],
    ]);
    const none = streams({ users: 'denied', roles: 'denied', apps: 'denied', logs: 'denied' });
    expect(assess(twin({ streams: none })).facts).toEqual([]);
  });

  it('change only their observation time if nothing changes', () => {
    const first = assess(twin({ users: covered(3) }));
    const second = assess(twin({ users: covered(3), run: 'run-2', at: daysAgo(-1) }), first.next);
    expect(second.changedFacts).toEqual([]);
    expect(second.facts).toEqual(first.facts.map((one) => ({ ...one, observedAt: daysAgo(-1) })));
  });

  it('get a new version with a new value, and become stale if they are not confirmed again', () => {
    const first = assess(twin({ users: covered(1), apps: [app('0oa1')] }));
    const next = twin({
      users: without(1),
      run: 'run-2',
      at: daysAgo(-8),
      streams: streams({ apps: 'denied' }),
    });
    const second = assess(next, first.next);
    expect(second.changedFacts.map(({ text }) => text)).toContain('mfa_coverage:0%');
    expect(fact(second.facts, 'mfa_coverage')?.run).toBe('run-2');
    expect(fact(second.facts, 'sso_apps')).toMatchObject({
      value: '1',
      run: 'run-1',
      confidence: 'stale',
    });
  });
});
