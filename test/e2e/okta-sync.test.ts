import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { shortNameOf } from '../../src/mfa/short-names.ts';
import type { StateUser } from '../../emulators/control/protocol.ts';
import { executions, leaked, spelledOut } from '../support/leaks.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob, WorkerProcess } from '../support/main-job.ts';
import { migratedDatabase } from '../support/postgres.ts';
import { failureOf, orgOf, startSync, sync, twinApps, twinUsers } from '../support/okta-sync.ts';
import { DATABASES } from '../support/stores.ts';

const SECRETS = {
  phone: '+1 555 7391 0426',
  email: 'factor-canary-7391@home.example',
  totpSeed: 'CANARYSEED73917391',
};
const OLD = '2020-01-01T00:00:00.000Z';
const RECENT = new Date(Date.now() - 86_400_000).toISOString();
const COVERED = [{ type: 'webauthn' }];

/**
 * The MFA state in the emulator: ACTIVE users by whether a factor other than e-mail and the like is
 * ACTIVE.
 */
function truth(users: readonly StateUser[]): { percent: string; none: string[] } {
  const readable = users.filter(
    ({ status, vanish, denyFactors }) => status === 'ACTIVE' && !vanish && !denyFactors,
  );
  const enrolled = readable.filter(({ factors }) =>
    factors.some(
      ({ type, status }) => status === 'ACTIVE' && !['email', 'question'].includes(type),
    ),
  );
  const none = readable.filter((user) => !enrolled.includes(user)).map(({ login }) => login);
  return { percent: `${Math.floor((100 * enrolled.length) / readable.length)}%`, none };
}

describe.each(Object.entries(DATABASES))('a sync of the demo organisation on %s', (_, start) => {
  let job: MainJob;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const database = await start();
    close = () => database.close();
    job = await mainJob(database.databaseUrl, {
      emulator: { profile: 'demo', users: 120, canaries: SECRETS },
      config: { scan: { batch: 20 } },
    });
    await job.startWorker();
  });
  afterAll(async () => {
    await job.close();
    await job.temporal.close();
    await close();
  });

  it('has the facts of the emulator, keeps every user, and has the same result the second time', async () => {
    const first = await sync(job);
    const { users, groups } = await job.emulators.state('users', 'groups');
    const { percent, none } = truth(users);
    expect(first).toMatchObject({ schema: 'arx.sync/v1', status: 'complete', org: orgOf(job) });
    expect(first.streams.map(({ name, state, reason }) => ({ name, state, reason }))).toEqual(
      ['users', 'apps', 'logs', 'roles'].map((name) => ({
        name,
        state: 'complete',
        // One user of the demo cannot be read.
        reason:
          name === 'users'
            ? (expect.stringMatching(/^factors of 1 user unreadable: 00u/) as string)
            : null,
      })),
    );
    const facts = await job.store.twin.facts.current(orgOf(job));
    const texts = facts
      .filter(({ confidence }) => confidence === 'verified')
      .map(({ text }) => text);
    const apps = await twinApps(job);
    const active = [...apps.values()].filter(
      ({ status, signOnMode }) => status === 'ACTIVE' && signOnMode !== 'BOOKMARK',
    );
    expect(texts).toEqual(
      expect.arrayContaining(['tool:okta', `mfa_coverage:${percent}`, `sso_apps:${active.length}`]),
    );

    const twin = await twinUsers(job);
    expect([...twin.keys()].toSorted()).toEqual(users.map(({ login }) => login).toSorted());
    const nameOf = new Map(
      (await job.store.twin.groups.list(orgOf(job))).map(({ id, name }) => [id, name]),
    );
    expect([...nameOf.values()].toSorted()).toEqual(groups.map(({ name }) => name).toSorted());
    for (const user of users) {
      const mine = twin.get(user.login);
      expect(mine).toMatchObject({
        id: user.id,
        status: user.status,
        department: user.department,
        gone: false,
      });
      const unreadable = user.vanish || user.denyFactors;
      expect(mine?.factors?.map(({ type }) => type) ?? null).toEqual(
        unreadable ? null : user.factors.map(({ type }) => type),
      );
      // Roles through a group: see okta-sync-oracle.test.ts.
      const direct = mine?.roles?.filter(({ via }) => via === 'direct');
      expect(direct).toEqual(user.roles.toSorted().map((role) => ({ role, via: 'direct' })));
      const expected = user.status === 'DEPROVISIONED' ? [] : user.groups;
      const listed = mine?.groups
        .map((id) => `${nameOf.get(id)}`)
        .filter((name) => name !== 'Everyone');
      expect(listed?.toSorted()).toEqual(expected.filter((name) => name !== 'Everyone').toSorted());
    }
    const gaps = await job.store.twin.gaps.open(orgOf(job));
    const lacking = gaps
      .filter(({ kind }) => ['user_no_mfa', 'admin_no_mfa'].includes(kind))
      .map(({ name }) => name);
    expect(lacking.toSorted()).toEqual(none.toSorted());
    for (const [type, text] of facts
      .filter(({ key }) => key === 'mfa_factor:push')
      .map(({ text }) => ['push', text])) {
      const holders = users.filter(
        (user) => user.status === 'ACTIVE' && !user.vanish && !user.denyFactors,
      );
      const count = holders.filter(({ factors }) =>
        factors.some((one) => one.type === type && one.status === 'ACTIVE'),
      );
      expect(text).toBe(`mfa_factor:${shortNameOf(`${type}`)}:${count.length}`);
    }

    const second = await sync(job);
    const after = await job.store.twin.facts.current(orgOf(job));
    const still = ({ observedAt: _at, ...fact }: (typeof facts)[number]) => fact;
    expect(after.map(still)).toEqual(facts.map(still));
    expect(after.every(({ observedAt }) => observedAt === second.startedAt)).toBe(true);
    expect(await twinUsers(job)).toEqual(twin);
    expect(await job.store.twin.gaps.open(orgOf(job))).toEqual(gaps);
    expect(await job.store.twin.history.drift(orgOf(job), 10)).toEqual([]);
    expect(await job.store.twin.history.timeline(orgOf(job), 10)).toHaveLength(2);
    expect(await job.store.audit.countByKind(second.run)).toMatchObject({
      'sync.started': 1,
      'sync.stream': 4,
      'sync.finished': 1,
    });
  }, 120_000);

  it('finds every object by its name', async () => {
    const { users } = await job.emulators.state('users');
    const find = async (text: string) =>
      (await job.store.twin.search.find(orgOf(job), text, 50)).map(({ label }) => label);
    const one = users[3];
    expect(await find(`${one?.login.slice(0, 6).toUpperCase()}`)).toContain(one?.login);
    expect((await find('security appr'))[0]).toBe('Security Approvers');
    expect(await find('okta admin console')).toContain('Okta Admin Console');
    expect((await find('user_no_mfa')).length).toBeGreaterThan(0);
    expect(await find('no such thing at all')).toEqual([]);
  });

  it('leaves no name, login or secret in any history', async () => {
    const { users } = await job.emulators.state('users');
    const people = Object.fromEntries(
      users.slice(0, 20).map(({ login }, n) => [`login ${n}`, login]),
    );
    const all = await executions(job.temporal);
    expect(all.length).toBeGreaterThan(0);
    const found = all.map(({ history, info }) =>
      leaked({ ...SECRETS, ...people }, spelledOut(history) + spelledOut(info)),
    );
    expect(found.flat()).toEqual([]);
  });
});

describe('a sync that cannot read everything', () => {
  let job: MainJob;
  let worker: WorkerProcess;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const database = await migratedDatabase();
    close = database.close;
    job = await mainJob(database.databaseUrl);
    worker = await job.startWorker();
    await job.emulators.addGroups([{ name: 'Admins by group', roles: ['HELP_DESK_ADMIN'] }]);
    await people();
  });
  afterEach(async () => {
    await job.emulators.clearFaults();
    await job.emulators.oktaSettings({ denyPaths: [] });
  });
  afterAll(async () => {
    await job.close();
    await job.temporal.close();
    await close();
  });

  const people = () =>
    job.emulators.addUsers(
      [
        {
          login: 'root@example.com',
          created: OLD,
          lastLogin: RECENT,
          factors: COVERED,
          roles: ['SUPER_ADMIN'],
        },
        {
          login: 'desk@example.com',
          created: OLD,
          lastLogin: RECENT,
          factors: COVERED,
          groups: ['Admins by group'],
        },
        { login: 'bare@example.com', created: OLD, lastLogin: RECENT },
        { login: 'left@example.com', created: OLD, status: 'DEPROVISIONED' },
      ],
      { replace: true },
    );
  const states = (result: Awaited<ReturnType<typeof sync>>) =>
    Object.fromEntries(result.streams.map(({ name, state }) => [name, state]));

  it('distinguishes an administrator by role from one by group', async () => {
    expect(states(await sync(job))).toEqual({
      users: 'complete',
      apps: 'complete',
      logs: 'complete',
      roles: 'complete',
    });
    const users = await twinUsers(job);
    const [group] = (await job.store.twin.groups.list(orgOf(job))).filter(
      ({ name }) => name === 'Admins by group',
    );
    expect(users.get('root@example.com')?.roles).toEqual([{ role: 'SUPER_ADMIN', via: 'direct' }]);
    expect(users.get('desk@example.com')?.roles).toEqual([
      { role: 'HELP_DESK_ADMIN', via: group?.id },
    ]);
    expect(users.get('bare@example.com')?.roles).toEqual([]);
  });

  it.each([
    ['/api/v1/users$', { users: 'denied' }],
    ['/factors$', { users: 'partial' }],
    ['/api/v1/groups', { users: 'partial', roles: 'partial' }],
    ['/api/v1/apps$', { apps: 'denied' }],
    ['/api/v1/apps/.*/users', { apps: 'partial' }],
    ['/api/v1/logs', { logs: 'denied' }],
    ['/api/v1/iam', { roles: 'denied' }],
  ])('if %s is refused, only the dependent results are incomplete', async (pattern, expected) => {
    await job.emulators.oktaSettings({ denyPaths: [pattern] });
    const before = await twinUsers(job);
    const result = await sync(job);
    const complete = { users: 'complete', apps: 'complete', logs: 'complete', roles: 'complete' };
    expect(states(result)).toEqual({ ...complete, ...expected });
    expect(result.status).toBe('incomplete');
    const reasons = result.streams
      .filter(({ state }) => state !== 'complete')
      .map(({ reason }) => reason);
    expect(reasons.every((reason) => reason?.includes('forbidden'))).toBe(true);
    const after = await twinUsers(job);
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect([...after.values()].some(({ gone }) => gone)).toBe(false);
  });

  it('marks users as deleted only if the list is complete', async () => {
    await sync(job);
    await people();
    await job.emulators.addUsers(
      Array.from({ length: 250 }, (_, n) => ({
        login: `crowd${n}@example.com`,
        created: OLD,
        lastLogin: RECENT,
        factors: COVERED,
      })),
    );
    const configRef = await job.store.snapshots.put({ version: 1, scan: { batch: 50 } });
    const whole = await sync(job, { configRef });
    expect(whole.status).toBe('complete');
    await job.emulators.removeUser('crowd7@example.com');
    const find = (text: string) => job.store.twin.search.find(orgOf(job), text, 9);
    expect((await find('crowd7@'))[0]).not.toHaveProperty('gone');
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/api/v1/users\\?.*after=',
      kind: 'status',
      status: 403,
    });
    const broken = await sync(job, { configRef });
    expect(broken.streams.find(({ name }) => name === 'users')).toMatchObject({
      state: 'partial',
      count: 200,
      reason: expect.stringContaining('users broke off: ') as string,
    });
    expect((await twinUsers(job)).get('crowd7@example.com')?.gone).toBe(false);
    const fact = async () =>
      (await job.store.twin.facts.current(orgOf(job))).find(({ key }) => key === 'mfa_coverage');
    expect((await fact())?.observedAt).toBe(whole.startedAt);
    await job.emulators.clearFaults();
    const again = await sync(job, { configRef });
    expect(again.status).toBe('complete');
    expect((await twinUsers(job)).get('crowd7@example.com')?.gone).toBe(true);
    expect((await twinUsers(job)).get('crowd8@example.com')?.gone).toBe(false);
    expect(await find('crowd7@')).toMatchObject([
      { kind: 'user', label: 'crowd7@example.com', gone: true },
    ]);
    const hits = await find('crowd');
    expect(hits.some(({ gone }) => gone)).toBe(false);
    expect((await fact())?.observedAt).toBe(again.startedAt);
  }, 60_000);

  it('reads the requested streams, and leaves the rest unchanged', async () => {
    const before = await job.store.twin.facts.current(orgOf(job));
    const result = await sync(job, { users: false, logs: false });
    expect(states(result)).toEqual({ apps: 'complete' });
    const after = await job.store.twin.facts.current(orgOf(job));
    const of = (facts: typeof before, key: string) => facts.find((fact) => fact.key === key);
    expect(of(after, 'mfa_coverage')).toEqual(of(before, 'mfa_coverage'));
    expect(of(after, 'sso_apps')?.observedAt).toBe(result.startedAt);
    expect(await failureOf(await startSync(job, { users: false, apps: false, logs: false }))).toBe(
      'configuration',
    );
    expect(await failureOf(await startSync(job, { hoursBack: 2_161 }))).toBe('invalid_argument');
  });

  it('raises each event once, however windows overlap, and counts a sign-in that Okta does not', async () => {
    const [user] = await people();
    const actor = {
      id: `${user?.id}`,
      type: 'User',
      alternateId: 'root@example.com',
      displayName: 'Root',
    };
    const at = new Date(Date.now() - 3_600_000).toISOString();
    await job.emulators.addLogEvents([
      { eventType: 'user.authentication.sso', actor, published: at },
      { eventType: 'user.account.privilege.grant', actor, targets: [actor], published: at },
    ]);
    const first = await sync(job, { apps: false });
    const raised = await job.store.twin.events.list(orgOf(job), 100);
    expect(first.events).toBeGreaterThan(0);
    expect(raised.length).toBeGreaterThan(0);
    expect((await twinUsers(job)).get('root@example.com')?.lastSeen).toBe(at);
    expect((await sync(job, { apps: false, hoursBack: 168 })).events).toBe(0);
    expect(await job.store.twin.events.list(orgOf(job), 100)).toEqual(raised);
  });

  it('continues where a killed worker stopped', async () => {
    await people();
    await job.emulators.addUsers(
      Array.from({ length: 60 }, (_, n) => ({
        login: `killed${n}@example.com`,
        created: OLD,
        factors: COVERED,
      })),
    );
    await job.emulators.fault({
      vendor: 'okta',
      kind: 'hang',
      pathPattern: '/factors$',
      after: 40,
      times: 1,
    });
    const factors = async () =>
      (await job.emulators.log({ vendor: 'okta' })).filter(
        ({ operation }) => operation === 'users:read_factors',
      );
    const before = (await factors()).length;
    const handle = await startSync(job);
    await vi.waitFor(async () => expect((await job.emulators.faults())[0]?.struck).toBe(1), {
      timeout: 20_000,
    });
    await worker.kill();
    await job.emulators.clearFaults();
    worker = await job.startWorker();
    const result = await handle.result();
    expect(result.status).toBe('complete');
    expect(result.streams.find(({ name }) => name === 'users')?.count).toBe(64);
    const unread = [...(await twinUsers(job)).values()].filter(
      ({ gone, factors: read }) => !gone && read === null,
    );
    expect(unread).toEqual([]);
    expect((await factors()).length - before).toBeLessThanOrEqual(64 + 2 * 16);
  }, 60_000);
});
