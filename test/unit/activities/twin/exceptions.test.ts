import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewGroup, NewUser } from '../../../../emulators/okta/model.ts';
import type { OktaSyncResult } from '../../../../src/workflows/messages.ts';
import { act, startSyncs } from '../../../support/sync-in-process.ts';
import type { Syncs } from '../../../support/sync-in-process.ts';

const ADMINISTRATORS = 'Okta Administrators';
const PUSH = [{ type: 'push' }, { type: 'webauthn' }];

const streamOf = (result: OktaSyncResult, name: string) =>
  result.streams.find((stream) => stream.name === name);
const factOf = (result: OktaSyncResult, key: string) =>
  result.facts.find((fact) => fact.key === key);

describe('a sync', () => {
  let syncs: Syncs;
  beforeEach(async () => {
    syncs = await startSyncs();
  });
  afterEach(() => syncs.close());

  const addUsers = (...users: NewUser[]) => users.map((user) => syncs.emulators.okta.addUser(user));
  const addGroup = (group: NewGroup) => syncs.emulators.okta.addGroup(group);
  const people = () =>
    addUsers(
      { login: 'ann@example.com', factors: PUSH, roles: ['SUPER_ADMIN'] },
      { login: 'bob@example.com' },
      { login: 'cy@example.com', factors: PUSH },
    );

  it.each(['E0000006', 'E0000060'] as const)(
    'names a built-in group that does not serve its members (%s), and reads everything else',
    async (code) => {
      people();
      const { id } = addGroup({
        name: ADMINISTRATORS,
        type: 'BUILT_IN',
        refuses: { members: code },
      });
      const gone = syncs.emulators.okta.addUser({ login: 'gone@example.com' });
      const first = await syncs.run('first', { apps: false, logs: false });
      syncs.emulators.okta.removeUser(gone);
      const result = await syncs.run('second', { apps: false, logs: false });
      const status = code === 'E0000006' ? 403 : 501;
      for (const one of [first, result]) {
        expect(one.status).toBe('complete');
        for (const name of ['users', 'roles'])
          expect(streamOf(one, name)).toMatchObject({
            state: 'complete',
            reason: expect.stringMatching(
              new RegExp(
                `^members of 1 group unreadable: ${id} \\(\\w+, HTTP status ${status}\\)$`,
              ),
            ),
            exceptions: [{ what: 'members', id, status }],
            exceptionCount: 1,
          });
      }
      // The group grants no role, so it hides no administrator.
      expect(factOf(result, 'privileged_users')).toMatchObject({ value: '1', leavesOut: null });
      expect(factOf(result, 'mfa_coverage')).toMatchObject({ value: '66%', leavesOut: null });
      const users = await syncs.users();
      expect(users.get('gone@example.com')?.gone).toBe(true);
      expect(users.get('bob@example.com')?.privileged).toBe(false);
    },
  );

  it('takes nobody for no administrator because of a group with roles that it cannot read', async () => {
    people();
    addGroup({ name: 'Helpers', roles: ['HELP_DESK_ADMIN'], refuses: { members: 'E0000006' } });
    const result = await syncs.run('first', { apps: false, logs: false });
    expect(result.status).toBe('complete');
    expect(factOf(result, 'privileged_users')).toMatchObject({
      value: '1',
      leavesOut: 'members of 1 group unreadable',
    });
    const users = await syncs.users();
    expect(users.get('ann@example.com')?.privileged).toBe(true);
    expect(users.get('bob@example.com')?.privileged).toBe(null);
    // It is certain that MFA is missing, whoever that is.
    const gaps = await syncs.store.twin.gaps.open(syncs.org);
    expect(gaps.map(({ kind }) => kind)).toContain('user_no_mfa');
  });

  it('leaves unknown who is an administrator through a group whose roles it cannot read', async () => {
    const [, bob] = people();
    addGroup({ name: 'Helpers', members: [bob!.id], refuses: { roles: 'E0000006' } });
    const result = await syncs.run('first', { apps: false, logs: false });
    expect(streamOf(result, 'roles')).toMatchObject({
      state: 'complete',
      exceptions: [{ what: 'group_roles', status: 403 }],
    });
    const users = await syncs.users();
    expect(users.get('bob@example.com')?.privileged).toBe(null);
    expect(users.get('cy@example.com')?.privileged).toBe(false);
  });

  it('keeps the roles of an administrator whose roles it can no longer read', async () => {
    const [ann] = people();
    addUsers({ login: 'dee@example.com', roles: ['ORG_ADMIN'], factors: PUSH });
    await syncs.run('first', { apps: false, logs: false });
    const path = { vendor: 'okta', pathPattern: `/users/${ann!.id}/roles` } as const;
    syncs.emulators.faults.add({ ...path, kind: 'status', status: 403 });
    const result = await syncs.run('second', { apps: false, logs: false });
    expect(streamOf(result, 'roles')).toMatchObject({
      state: 'complete',
      exceptions: [{ what: 'user_roles', id: ann!.id, code: 'forbidden', status: 403 }],
    });
    expect((await syncs.users()).get('ann@example.com')).toMatchObject({
      privileged: true,
      roles: [{ role: 'SUPER_ADMIN', via: 'direct' }],
    });
  });

  it('is not complete if most groups are refused, and tries passing errors again', async () => {
    people();
    const denied = ['A', 'B'].map((name) => addGroup({ name, refuses: { members: 'E0000006' } }));
    const result = await syncs.run('first', { apps: false, logs: false });
    expect(streamOf(result, 'users')).toMatchObject({ state: 'partial' });
    for (const group of denied) group.refuses = {};
    const path = { vendor: 'okta', pathPattern: `/groups/${denied[0]!.id}/users` } as const;
    syncs.emulators.faults.add({ ...path, kind: 'status', status: 503, times: 2 });
    const again = await syncs.run('second', { apps: false, logs: false });
    expect(streamOf(again, 'users')).toMatchObject({ state: 'complete', reason: null });
  });

  it('does not read the members of the groups in twin.skip_groups, and says so', async () => {
    people();
    const { id } = addGroup({ name: 'All staff', members: ['bob@example.com'] });
    syncs.configure({ skip_groups: ['All staff'] });
    const result = await syncs.run('first', { apps: false, logs: false });
    expect(streamOf(result, 'users')).toMatchObject({
      state: 'complete',
      reason: `members of 1 group skipped: ${id}`,
      exceptions: [{ what: 'members', id, code: 'skipped', status: null }],
    });
    expect((await syncs.users()).get('bob@example.com')?.groups).not.toContain(id);
  });

  it('names the users and apps whose details are refused', async () => {
    people();
    const { id } = addUsers({ login: 'dee@example.com', denyFactors: true })[0]!;
    const { apps } = syncs.emulators.okta;
    const [first] = [apps.add({ label: 'One' }), apps.add({ label: 'Two' })];
    const path = { vendor: 'okta', pathPattern: `/apps/${first.id}/users` } as const;
    syncs.emulators.faults.add({ ...path, kind: 'status', status: 403 });
    const result = await syncs.run('first', { logs: false });
    expect(streamOf(result, 'users')?.exceptions).toEqual([
      { what: 'factors', id, code: 'forbidden', status: 403 },
    ]);
    expect(streamOf(result, 'apps')).toMatchObject({
      state: 'complete',
      exceptions: [{ what: 'app_users', id: first.id, status: 403 }],
    });
    expect(factOf(result, 'mfa_coverage')?.leavesOut).toBe('factors of 1 user unreadable');
    expect(factOf(result, 'sso_apps')).toMatchObject({ value: '4', leavesOut: null });
  });
});

describe('rows that cannot be read', () => {
  let syncs: Syncs;
  beforeEach(async () => {
    syncs = await startSyncs();
  });
  afterEach(() => syncs.close());

  it('are named, and the other rows are read', async () => {
    const { okta } = syncs.emulators;
    okta.addUser({ login: 'ann@example.com', factors: PUSH });
    okta.addUser({ login: 'odd@example.com', raw: { id: 'u-17', status: 'ACTIVE', profile: {} } });
    okta.addUser({ login: 'bob@example.com' });
    const result = await syncs.run('first', { apps: false, logs: false });
    expect(streamOf(result, 'users')).toMatchObject({
      state: 'complete',
      count: 2,
      reason: '1 row of the list of users unreadable: row 2 of page 1 (malformed)',
      exceptions: [{ what: 'users_row', id: 'row 2 of page 1', code: 'malformed', status: null }],
    });
    expect(factOf(result, 'mfa_coverage')).toMatchObject({
      value: '50%',
      leavesOut: '1 row of the list of users unreadable',
    });
    expect(result.calls.okta).toBeLessThan(20);
  });

  it('keep users whom they may be, and users whom they name', async () => {
    const { okta } = syncs.emulators;
    okta.addUser({ login: 'ann@example.com' });
    const bob = okta.addUser({ login: 'bob@example.com' });
    const cy = okta.addUser({ login: 'cy@example.com' });
    await syncs.run('first', { apps: false, logs: false });
    bob.raw = { id: bob.id, status: 7 };
    okta.removeUser(cy);
    const named = await syncs.run('second', { apps: false, logs: false });
    expect(streamOf(named, 'users')?.exceptions).toMatchObject([{ what: 'users_row', id: bob.id }]);
    const users = await syncs.users();
    expect(['bob', 'cy'].map((name) => users.get(`${name}@example.com`)?.gone)).toEqual([
      false,
      true,
    ]);
    bob.raw = null;
    const anonymous = await syncs.run('third', { apps: false, logs: false });
    expect(streamOf(anonymous, 'users')?.state).toBe('complete');
    expect((await syncs.users()).get('bob@example.com')?.gone).toBe(false);
  });

  it('of the System Log are counted with their uuids, and odd but readable ones are read', async () => {
    const { okta } = syncs.emulators;
    okta.addUser({ login: 'ann@example.com' });
    const entry = (changed: object) => ({
      uuid: 'aaaa-1',
      published: new Date().toISOString(),
      eventType: 'user.account.report_suspicious_activity_by_enduser',
      severity: 'WARN',
      outcome: { result: 'SUCCESS' },
      actor: { id: '00u1', type: 'User', alternateId: 'ann@example.com' },
      ...changed,
    });
    const raws = [
      entry({ uuid: 'bad-1', published: 'yesterday' }),
      entry({ uuid: 'bad-2', eventType: null }),
      entry({ uuid: 'odd-1', actor: { id: 42, type: 'User', alternateId: 7 } }),
      entry({ uuid: 'odd-2', target: [null, { id: 17, type: 'User' }] }),
      entry({
        uuid: 'odd-3',
        debugContext: { debugData: { behaviors: { 'New IP': 'POSITIVE' } } },
      }),
      entry({ uuid: 'odd-4', target: null, client: { geographicalContext: 'here' } }),
    ];
    for (const raw of raws) okta.log.add({ eventType: 'x', raw });
    const result = await syncs.run('first', { users: false, apps: false });
    expect(streamOf(result, 'logs')).toMatchObject({
      state: 'complete',
      reason: '2 entries unreadable: bad-1, bad-2',
      exceptions: [
        { what: 'entry', id: 'bad-1' },
        { what: 'entry', id: 'bad-2' },
      ],
    });
    const events = await syncs.store.twin.events.list(syncs.org, 10);
    expect(events.map(({ uuid }) => uuid).toSorted()).toEqual(['odd-1', 'odd-2', 'odd-3', 'odd-4']);
    expect(events.find(({ uuid }) => uuid === 'odd-1')?.actor).toBe('7');
  });
});

describe('a burst of entries of which some arrive late', () => {
  it('is raised once, when the late ones are there', async () => {
    const syncs = await startSyncs();
    const { okta } = syncs.emulators;
    okta.addUser({ login: 'ann@example.com' });
    const minutesAgo = (minutes: number): string =>
      new Date(Date.now() - minutes * 60_000).toISOString();
    const deny = (minutes: number) =>
      okta.log.add({
        eventType: 'user.mfa.okta_verify.deny_push',
        published: minutesAgo(minutes),
        actor: { id: '00u1', type: 'User', alternateId: 'ann@example.com', displayName: 'Ann' },
      });
    const run = async (name: string) => {
      await syncs.run(name, { users: false, apps: false, hoursBack: 1 });
      return (await syncs.store.twin.events.list(syncs.org, 10)).length;
    };
    for (const minutes of [40, 39, 38, 37]) deny(minutes);
    expect(await run('first')).toBe(0);
    deny(36.5);
    expect(await run('second')).toBe(1);
    deny(38.5);
    deny(36.2);
    expect(await run('third')).toBe(1);
    await syncs.close();
  });
});

describe('an organisation with', () => {
  let syncs: Syncs;
  beforeEach(async () => {
    syncs = await startSyncs();
  });
  afterEach(() => syncs.close());

  it('custom roles, deactivated users and users without an address is read completely', async () => {
    const { okta } = syncs.emulators;
    okta.addUser({ login: 'ann', profile: { email: null }, roles: ['CUSTOM:Auditor of Sales'] });
    okta.addUser({ login: 'left@example.com', status: 'DEPROVISIONED', roles: ['SUPER_ADMIN'] });
    const throttled = { vendor: 'okta', pathPattern: '/api/v1/logs', kind: 'rateLimited' } as const;
    syncs.emulators.faults.add({ ...throttled, times: 2, retryAfter: 1 });
    const result = await syncs.run('first');
    expect(result.status).toBe('complete');
    expect(result.streams.map(({ reason }) => reason)).toEqual([null, null, null, null]);
    expect(factOf(result, 'privileged_users')?.value).toBe('1');
    const users = await syncs.users();
    expect(users.get('ann')).toMatchObject({
      email: null,
      privileged: true,
      roles: [{ role: 'Auditor of Sales', via: 'direct' }],
    });
    expect(users.get('left@example.com')).toMatchObject({ status: 'DEPROVISIONED', gone: false });
  });

  it('apps that come and go while they are listed loses none of the others', async () => {
    const { apps } = syncs.emulators.okta;
    const added = Array.from({ length: 210 }, (_, at) => apps.add({ label: `App ${at}` }));
    const run = 'first';
    await act(() => syncs.activities.beginSync({ run, users: false, logs: false }));
    const list = (page: number) =>
      act(() => syncs.activities.listSyncPage({ run, list: 'apps', page, most: 1 }));
    expect(await list(0)).toEqual({ sizes: [200], more: true });
    apps.remove(added[3]!);
    apps.remove(added[205]!);
    apps.add({ label: 'New' });
    expect(await list(1)).toEqual({ sizes: [12], more: false });
    const result = await act(() =>
      syncs.activities.finishSync({ run, lost: { apps: null }, failure: null }),
    );
    expect(streamOf(result, 'apps')).toMatchObject({ state: 'complete', count: 212 });
  });

  it('a group of 50,000 members keeps all of them', async () => {
    const members = 50_000;
    const { okta } = syncs.emulators;
    okta.users.addBlock({
      count: members,
      make: (at) => ({ login: `user${at}@example.com` }),
      numberOf: () => null,
    });
    const { id } = okta.addGroup({ name: 'All staff' });
    for (const user of okta.users) okta.group(id)!.members!.add(user.id);
    const run = 'first';
    await act(() => syncs.activities.beginSync({ run, apps: false, logs: false }));
    await act(() => syncs.activities.listSyncPage({ run, list: 'groups', page: 0, most: 1 }));
    const slice = { run, list: 'groups', page: 0, from: 0, count: 2 } as const;
    await act(() => syncs.activities.readSyncItems(slice));
    expect(await syncs.store.twin.work.sumCounts(run, `members:${id}`)).toBe(members);
  });
});
