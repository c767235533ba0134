import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { startEmulators } from '../../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../../emulators/start.ts';
import type { FaultRule } from '../../../../../emulators/types.ts';
import type { Store } from '../../../../../src/store/types.ts';
import { openStore } from '../../../../../src/store/open.ts';
import { borrowPglite } from '../../../../support/pglite.ts';
import type { TestDatabase } from '../../../../support/pglite.ts';
import { bundle, bundleOf } from '../../../../support/policies.ts';
import { activitiesOf, scans } from '../../../../support/scans.ts';
import type { Scan, ScanOptions } from '../../../../support/scans.ts';

/** The shipped policies, without access to the log. */
const WITHOUT_LOG = bundle(
  ...bundleOf('policies/*.yaml').policies.map((one) => ({
    ...one,
    operations: one.operations.filter((operation) => operation !== 'logs:read'),
  })),
);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse('2026-03-02T08:00:00.000Z');
const USERS = 12;
const QUIET = { logger: new DefaultLogger('ERROR') };
const AUDITED = 'user.mfa.factor.activate';

describe('the safety rules of a delta scan', () => {
  let database: TestDatabase;
  let emulators: RunningEmulators;
  let store: Store;
  let scan: Scan;
  let time = START;
  const now = (): Date => new Date((time += 1));
  const run = (options: ScanOptions = {}) => scan({ mode: 'delta', now, ...options });
  const published = (ago: number): string => new Date(time - ago).toISOString();
  const log = (eventType: string, ago = 90 * MINUTE, more: object = {}): void =>
    void emulators.okta.log.add({ eventType, published: published(ago), ...more });
  const party = (position: number) => {
    const { id, profile } = emulators.okta.present()[position]!;
    return { id, type: 'User', alternateId: profile.login, displayName: profile.login };
  };

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
    await store.migrate();
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });
  beforeEach(async () => {
    time = START;
    emulators = await startEmulators({ profile: 'plain', users: USERS, rateLimit: 0, log: null });
    scan = scans(store, emulators);
    log('user.session.start', 120 * MINUTE);
    await run({ mode: 'full' });
    time += DAY;
  });
  afterEach(() => emulators.close());

  test('takes over every user without a log entry, with one user list and two reads of the log', async () => {
    const { summary, calls, users, run: id } = await run();
    expect(calls).toEqual({ 'users:read': 1, 'logs:read': 2 });
    expect(summary.scan).toMatchObject({
      mode: 'delta',
      reread: 0,
      takenOver: USERS,
      reason: null,
    });
    expect(summary.calls.okta).toBe(0);
    const base = summary.scan?.base?.run;
    expect(new Set([...users.values()].map(({ takenOver }) => takenOver?.run))).toEqual(
      new Set([base]),
    );
    const [first] = users.values();
    const entries = await store.audit.list({ run: id, kind: 'user.checked' });
    expect(JSON.stringify(entries)).toContain(
      `"takenOver":{"readAt":"${first?.takenOver?.at}","run":"${base}"}`,
    );
  });

  test('reads only the users named in the log, and links a taken-over verdict to the run that read it', async () => {
    emulators.okta.patchUser(emulators.okta.present()[3]!, { factors: [] });
    log(AUDITED, 90 * MINUTE, { targets: [party(3)] });
    const second = await run();
    expect(second.calls['users:read_factors']).toBe(1);
    expect(second.users.get(party(3).id)?.verdict).toBe('none');
    time += DAY;
    log('user.session.start', 25 * 60 * MINUTE);
    const third = await run();
    expect(third.summary.scan).toMatchObject({
      reread: 0,
      takenOver: USERS,
      base: { run: second.run },
    });
    expect(third.users.get(party(3).id)?.takenOver?.run).toBe(second.run);
    expect(third.users.get(party(4).id)?.takenOver).toEqual(
      second.users.get(party(4).id)?.takenOver,
    );
  });

  const FORCING: [string, RegExp, () => ScanOptions | undefined | void][] = [
    [
      'a policy rule was changed',
      /policy\.rule\.update at \d{4}-/,
      () => log('policy.rule.update'),
    ],
    [
      'an authenticator was switched off',
      /security\.auth/,
      () => log('security.authenticator.lifecycle.deactivate'),
    ],
    ['a kind of factor was switched off', /system\.mfa/, () => log('system.mfa.factor.deactivate')],
    ['an entry names nobody', /does not name the user/, () => log('device.lifecycle.delete')],
    [
      'an entry is malformed',
      /not be understood/,
      () => log(AUDITED, MINUTE, { raw: { eventType: 5 } }),
    ],
    ['the log was cut', /does not go back/, () => void emulators.okta.log.events.splice(0)],
    ['the log is denied', /could not be read \(forbidden\)/, () => void deny()],
    [
      'the log answers nonsense',
      /could not be read \(malformed\)/,
      () => void fault({ kind: 'html200' }),
    ],
    ['the policies forget the log', /not allowed/, () => ({ policies: WITHOUT_LOG })],
    ['arx.yaml forgets the log', /not allowed/, () => ({ settings: { permitted: PERMITTED } })],
    ['the last full scan is long ago', /full_every/, () => void (time += 30 * DAY)],
    [
      'the base is older than the log',
      /older than the retention period/,
      () => ((time += 90 * DAY), { settings: { scan: RARELY } }),
    ],
    [
      'the scope is another',
      /no complete run/,
      () => ({ settings: { statuses: ['ACTIVE', 'LOCKED_OUT'] } }),
    ],
  ];
  const PERMITTED = { okta: ['users:read', 'users:read_factors'], jira: [], slack: [] };
  const RARELY = { mode: 'delta', fullEveryMs: 400 * DAY, logDelayMs: 0 } as const;
  const deny = (): void => void (emulators.okta.settings.denyPaths = ['^/api/v1/logs']);
  const fault = (rule: Pick<FaultRule, 'kind'>): void =>
    void emulators.faults.add({
      vendor: 'okta',
      pathPattern: '^/api/v1/logs',
      ...rule,
    } as FaultRule);

  test.each(FORCING)('reads every user if %s', async (_, reason, happen) => {
    const { summary, calls } = await run(happen() ?? {});
    expect(summary.scan).toMatchObject({ mode: 'full', base: null, takenOver: 0, reread: USERS });
    expect(summary.scan?.reason).toMatch(reason);
    expect(calls['users:read_factors']).toBe(USERS);
    expect(summary.status).toBe('complete');
  });

  test('allows a delta again after a forced full scan', async () => {
    log('policy.rule.update');
    const forced = await run();
    time += DAY;
    log('user.session.start', 26 * 60 * MINUTE);
    const { summary } = await run();
    expect(summary.scan).toMatchObject({ mode: 'delta', base: { run: forced.run } });
    expect(summary.scan?.lastFull).toBe(forced.summary.startedAt);
  });

  test('counts full_every from the last scan that read every user, not from the base', async () => {
    const settings = { scan: { mode: 'delta', fullEveryMs: 3 * DAY, logDelayMs: 0 } } as const;
    const modes: unknown[] = [];
    for (let day = 0; day < 5; day += 1) {
      log('user.session.start', 25 * 60 * MINUTE);
      modes.push((await run({ settings })).summary.scan?.mode);
      time += DAY;
    }
    expect(modes).toEqual(['delta', 'delta', 'full', 'delta', 'delta']);
  });

  test('finds an entry that was too late for the previous run', async () => {
    emulators.okta.patchUser(emulators.okta.present()[5]!, { factors: [] });
    const at = published(10 * MINUTE);
    const blind = await run();
    expect(blind.users.get(party(5).id)?.verdict).toBe('compliant');
    emulators.okta.log.add({ eventType: AUDITED, published: at, targets: [party(5)] });
    time += DAY;
    log('user.session.start', 26 * 60 * MINUTE);
    const { summary, users } = await run();
    expect(summary.scan?.mode).toBe('delta');
    expect(users.get(party(5).id)?.verdict).toBe('none');
  });

  test('reassesses users for changed factor types and exemptions without a call', async () => {
    const exemptions = [
      { user: party(0).alternateId, reason: 'keys', owner: 'it@example.com', until: '2099-01-01' },
    ];
    const { users, calls } = await run({ settings: { allowed: ['u2f'], exemptions } as never });
    expect(calls['users:read_factors']).toBeUndefined();
    expect(users.get(party(0).id)?.verdict).toBe('exempt');
    expect([...users.values()].filter(({ verdict }) => verdict === 'weak_only')).toHaveLength(
      USERS - 1,
    );
  });

  test('resumes reading the log at the same page after the worker dies, and finishes once', async () => {
    for (let n = 0; n < 2_500; n += 1) log(AUDITED, 60 * MINUTE - n, { targets: [party(n % 2)] });
    const options: ScanOptions = { now, mode: 'delta' };
    const calls: Record<string, number> = {};
    const activities = activitiesOf(store, emulators, { ...options, calls });
    const act = <Result>(work: () => Promise<Result>) =>
      new MockActivityEnvironment({}, QUIET).run(work);
    await act(() => activities.beginRun({ run: 'killed', mode: 'delta' }));
    await act(() =>
      activities.listPage({ run: 'killed', source: 0, page: 0, first: true, most: 1 }),
    );
    emulators.faults.add({
      vendor: 'okta',
      pathPattern: 'after=log.2',
      kind: 'status',
      status: 503,
      times: 1,
    } as FaultRule);
    await expect(act(() => activities.readChanges({ run: 'killed' }))).rejects.toMatchObject({
      nonRetryable: false,
    });
    expect(await act(() => activities.readChanges({ run: 'killed' }))).toEqual({ mode: 'delta' });
    expect(await act(() => activities.readChanges({ run: 'killed' }))).toEqual({ mode: 'delta' });
    // One read of the oldest entry, three pages and the failed one.
    expect(calls['logs:read']).toBe(5);
    await act(() => activities.checkUsers({ run: 'killed', page: 0, from: 0, count: USERS }));
    await act(() => activities.checkUsers({ run: 'killed', page: 0, from: 0, count: USERS }));
    expect(calls['users:read_factors']).toBe(2);
    expect((await store.audit.countByKind('killed'))['scan.changes']).toBe(1);
  });
});
