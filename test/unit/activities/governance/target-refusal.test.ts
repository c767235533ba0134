import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { OPERATIONS } from '../../../../src/governance/catalogue.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { governedParts } from '../../../support/governed-parts.ts';
import type { GovernedParts } from '../../../support/governed-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

type OktaUser = ReturnType<RunningEmulators['okta']['addUser']>;
const OF_ONE_USER = [
  'users:suspend',
  'users:deactivate',
  'users:expire_password',
  'users:reset_password',
  'users:clear_sessions',
];

describe('an operation that takes access away or resets it', () => {
  let database: TestDatabase;
  let store: Store;
  let parts: GovernedParts;
  let okta: RunningEmulators['okta'];
  let target: OktaUser;
  let serial = 0;
  let requestId = '';

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });
  beforeEach(async () => {
    requestId = `refusal-${(serial += 1)}`;
    parts = await governedParts(store);
    ({ okta } = parts.emulators);
    target = okta.addUser({ login: 'target@example.com' });
  });
  afterEach(() => parts.emulators.close());

  const open = (operation: string, params: Record<string, string>, more = {}) =>
    parts.open(requestId, { operation, params, as: 'user:requester@example.com', ...more });
  const approve = async (): Promise<void> => {
    await parts.approve(requestId, 'ann@example.com');
    expect(await parts.approve(requestId, 'bob@example.com')).toMatchObject({ state: 'APPROVED' });
  };
  const superAdmin = (login: string): OktaUser => okta.addUser({ login, roles: ['SUPER_ADMIN'] });
  const idOf = (login: string): string => `${okta.user(login)?.id}`;

  it('is listed in the table, for accounts and groups', () => {
    const listed = OPERATIONS.filter((row) => row.takesAccess).map(
      ({ connector, operation }) => `${connector}:${operation}`,
    );
    expect(listed).toEqual([
      'okta:users:deactivate',
      'okta:users:suspend',
      'okta:users:reset_password',
      'okta:users:clear_sessions',
      'okta:groups:delete',
      'okta:groups:remove_member',
      'okta:apps:remove_user',
      'okta:users:expire_password',
      'entra:users:disable',
      'entra:users:revoke_sessions',
      'entra:groups:remove_member',
      'google:users:suspend',
      'salesforce:users:deactivate',
    ]);
  });

  it.each(OF_ONE_USER)('is refused for the last super administrator: %s', async (operation) => {
    const last = superAdmin('last@example.com');
    okta.setStatus(superAdmin('away@example.com'), 'SUSPENDED');
    const denied = { state: 'denied', code: 'last_super_administrator' };
    expect(await open(operation, { userId: last.id })).toEqual(denied);
    const entries = await store.audit.list({ run: requestId, kind: 'action.denied', limit: 10 });
    expect(entries.map(({ entry }) => entry.outcome)).toEqual([
      expect.objectContaining({ code: 'last_super_administrator' }),
    ]);
  });

  it('is refused right before the call, if the other super administrator has gone since', async () => {
    const [one, other] = [superAdmin('one@example.com'), superAdmin('other@example.com')];
    expect(await open('users:expire_password', { userId: one.id })).toMatchObject({
      state: 'pending',
    });
    await approve();
    okta.setStatus(other, 'SUSPENDED');
    const stale = { state: 'stale', code: 'last_super_administrator' };
    expect(await parts.perform(requestId)).toEqual(stale);
    expect(okta.user(one.id)?.status).toBe('ACTIVE');
  });

  it.each([
    ['protected by login', 'target@example.com'],
    ['by group', 'group:Board'],
  ])('is refused for a protected account, %s', async (_, entry) => {
    parts.settings.protected = [entry];
    const board = okta.addGroup({ name: 'Board' });
    board.members?.add(target.id);
    const denied = { state: 'denied', code: 'protected_account' };
    expect(await open('users:suspend', { userId: target.id })).toEqual(denied);
    requestId += '-group';
    const [userId, groupId] = [target.id, board.id];
    expect(await open('groups:remove_member', { groupId, userId })).toEqual(denied);
  });

  it('is refused for a group on the protected list, and for an account that was listed since', async () => {
    parts.settings.protected = ['Board'];
    const board = okta.addGroup({ name: 'Board' });
    const denied = { state: 'denied', code: 'protected_account' };
    expect(await open('groups:delete', { groupId: board.id })).toEqual(denied);
    requestId += '-later';
    expect(await open('users:suspend', { userId: target.id })).toMatchObject({ state: 'pending' });
    await parts.approve(requestId, 'ann@example.com');
    parts.settings.protected = ['target@example.com'];
    expect(await parts.perform(requestId)).toMatchObject({ state: 'stale' });
    expect(okta.user(target.id)?.status).toBe('ACTIVE');
  });

  it("is refused for the caller's own account, also on whose behalf it is asked", async () => {
    const denied = { state: 'denied', code: 'own_account' };
    const own = { userId: idOf('requester@example.com') };
    expect(await open('users:reset_password', own)).toEqual(denied);
    requestId += '-behalf';
    const more = { as: 'flow:any', onBehalfOf: 'target@example.com' };
    expect(await open('users:suspend', { userId: target.id }, more)).toEqual(denied);
  });

  describe('through a group', () => {
    let keepers: ReturnType<RunningEmulators['okta']['addGroup']>;
    beforeEach(() => {
      keepers = okta.addGroup({ name: 'Keepers', roles: ['SUPER_ADMIN'] });
      keepers.members?.add(target.id);
    });
    const denied = { state: 'denied', code: 'last_super_administrator' };

    it('is refused if its last member would leave, or the group would go', async () => {
      const [userId, groupId] = [target.id, keepers.id];
      expect(await open('groups:remove_member', { groupId, userId })).toEqual(denied);
      requestId += '-delete';
      expect(await open('groups:delete', { groupId })).toEqual(denied);
    });

    it('is not refused if another super administrator is left, directly or by another group', async () => {
      superAdmin('direct@example.com');
      const [userId, groupId] = [target.id, keepers.id];
      expect(await open('groups:remove_member', { groupId, userId })).toMatchObject({
        state: 'pending',
      });
      requestId += '-delete';
      expect(await open('groups:delete', { groupId })).toMatchObject({ state: 'pending' });
    });

    it('counts only those who keep the role without the group', async () => {
      okta.addUser({ login: 'second@example.com', groups: ['Keepers'] });
      expect(await open('groups:delete', { groupId: keepers.id })).toEqual(denied);
    });
  });
});
