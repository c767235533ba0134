import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { GovernedSteps } from '../../../support/governed-steps.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

const HOUR = 3_600_000;

describe('a change of who may approve', () => {
  let database: TestDatabase;
  let store: Store;
  let emulators: RunningEmulators;
  let governed: GovernedSteps;
  let approvers: ReturnType<RunningEmulators['okta']['addGroup']>;
  let ann: ReturnType<RunningEmulators['okta']['addUser']>;
  let employee: ReturnType<RunningEmulators['okta']['addUser']>;
  let target: ReturnType<RunningEmulators['okta']['addUser']>;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });
  beforeEach(async () => {
    emulators = await startEmulators({ profile: 'empty', rateLimit: 0, log: null });
    governed = new GovernedSteps(store, emulators);
    approvers = emulators.okta.addGroup({ name: 'Approvers' });
    const user = (name: string, groups: string[] = []) =>
      emulators.okta.addUser({ login: `${name}@example.com`, groups });
    ann = user('ann', ['Approvers']);
    user('bob', ['Approvers']);
    employee = user('employee');
    target = user('target');
  });
  afterEach(() => emulators.close());

  const joins = (user: { id: string }, published: number): void => {
    approvers.members?.add(user.id);
    const party = (id: string, type: string) => ({ id, type, alternateId: id, displayName: id });
    emulators.okta.log.add({
      eventType: 'group.user_membership.add',
      published: new Date(published).toISOString(),
      targets: [party(user.id, 'User'), party(approvers.id, 'UserGroup')],
    });
  };
  const adding = (user = employee) => ({
    operation: 'groups:add_member',
    params: { groupId: approvers.id, userId: user.id },
    as: 'flow:enroll',
  });
  const suspending = { operation: 'users:suspend', as: 'flow:enroll' };

  it('is HIGH and needs people, who may be members since before the log of the tenure begins', async () => {
    expect(await governed.open(adding())).toEqual({ state: 'pending', code: null });
    expect(await governed.record()).toMatchObject({ risk: 'HIGH', changesRights: true });
    expect(emulators.okta.isMember(approvers, employee)).toBe(false);
    expect(await governed.vote('employee@example.com')).toMatchObject({ accepted: false });
    expect(await governed.vote('ann@example.com')).toMatchObject({ state: 'APPROVED' });
    expect(await governed.perform()).toEqual({ state: 'succeeded', code: null });
    expect(emulators.okta.isMember(approvers, employee)).toBe(true);
  });

  it('leaves other groups as they are', async () => {
    const other = emulators.okta.addGroup({ name: 'MFA' });
    const input = { ...adding(), params: { groupId: other.id, userId: employee.id } };
    expect(await governed.open(input)).toEqual({ state: 'open', code: null });
    expect(await governed.record()).toMatchObject({ risk: 'MEDIUM', changesRights: false });
  });

  it('does not count approvers who joined within the tenure', async () => {
    joins(employee, Date.now() - HOUR);
    joins(ann, Date.now() - 25 * HOUR);
    await governed.open(adding(target));
    expect(await governed.eligible()).not.toContain(employee.id);
    expect(await governed.eligible()).toContain(ann.id);
    expect(await governed.vote('employee@example.com')).toMatchObject({ code: 'not_eligible' });
    await governed.open({ ...suspending, params: { userId: target.id } });
    expect(await governed.vote('employee@example.com')).toMatchObject({ state: 'APPROVED' });
  });

  it('does not count approvers who joined after it was requested, also after escalation', async () => {
    await governed.open(adding(target));
    joins(employee, Date.now());
    await governed.escalate();
    expect(await governed.vote('employee@example.com')).toMatchObject({ code: 'not_eligible' });
  });

  it('is checked again before the call, when the log may show more', async () => {
    approvers.members?.add(employee.id);
    await governed.open(adding(target));
    expect(await governed.vote('employee@example.com')).toMatchObject({ state: 'APPROVED' });
    joins(employee, Date.now() - HOUR);
    expect(await governed.perform()).toEqual({ state: 'stale', code: 'approver_changed' });
    expect(emulators.okta.isMember(approvers, target)).toBe(false);
  });

  it('ends if the System Log cannot be read', async () => {
    const path = { vendor: 'okta', pathPattern: '/logs' } as const;
    emulators.faults.add({ ...path, kind: 'status', status: 403 });
    expect(await governed.open(adding())).toEqual({
      state: 'denied',
      code: 'no_eligible_approver',
    });
    expect(JSON.stringify((await governed.record()).outcome)).toContain('group:Approvers');
  });

  it.each([
    ['groups:create', () => ({ name: ' approvers' }), 'HIGH'],
    ['groups:update', () => ({ groupId: approvers.id, name: 'Others' }), 'HIGH'],
    ['groups:remove_member', () => ({ groupId: approvers.id, userId: ann.id }), 'HIGH'],
    ['groups:delete', () => ({ groupId: approvers.id }), 'CRITICAL'],
    [
      'users:create',
      () => ({ profile: { login: 'new@example.com' }, groupIds: [approvers.id] }),
      'HIGH',
    ],
  ])('is also %s', async (operation, params, risk) => {
    const as = 'user:target@example.com';
    expect(await governed.open({ operation, params: params(), as })).toMatchObject({
      state: 'pending',
    });
    expect(await governed.record()).toMatchObject({ risk, changesRights: true });
  });

  it('cannot be made by a caller who states no facts', async () => {
    const caller = {
      principal: 'user:target@example.com',
      authenticatedBy: 'key',
      surface: 'api',
      workflowId: 'agent',
      run: 'agent-run',
    } as const;
    const call = (groupId: string) =>
      governed.connectors.okta(
        'groups:add_member',
        { groupId, userId: employee.id },
        { caller, subject: groupId, facts: { authority: false } },
      );
    await expect(call(approvers.id)).rejects.toMatchObject({ code: 'approval_required' });
    await governed.open(adding());
    await expect(call(approvers.id)).rejects.toMatchObject({ code: 'approval_required' });
    expect(emulators.okta.isMember(approvers, employee)).toBe(false);
    const other = emulators.okta.addGroup({ name: 'MFA' });
    await call(other.id);
    expect(emulators.okta.isMember(other, employee)).toBe(true);
  });

  describe('outside arx', () => {
    const open = () => governed.open({ ...suspending, params: { userId: target.id } });
    const hints = async () => JSON.stringify((await governed.record()).outcome);

    it('a second group of the name is an error', async () => {
      emulators.okta.addGroup({ name: 'Approvers' });
      expect(await open()).toEqual({ state: 'denied', code: 'no_eligible_approver' });
      expect(await hints()).toContain('several groups have this name');
    });

    it('a group that was renamed, and another one with its name, are errors', async () => {
      expect(await open()).toMatchObject({ state: 'pending' });
      approvers.name = 'Former approvers';
      expect(await open()).toEqual({ state: 'denied', code: 'no_eligible_approver' });
      expect(await hints()).toContain(`the group ${approvers.id} has lost this name`);
      const other = emulators.okta.addGroup({ name: 'Approvers' });
      other.members?.add(employee.id);
      expect(await open()).toEqual({ state: 'denied', code: 'no_eligible_approver' });
      expect(await hints()).toContain(`now means ${other.id} instead of ${approvers.id}`);
    });

    it('a request that was approved before is stale', async () => {
      await open();
      expect(await governed.vote('ann@example.com')).toMatchObject({ state: 'APPROVED' });
      approvers.name = 'Former approvers';
      expect(await governed.perform()).toEqual({ state: 'stale', code: 'approver_changed' });
    });
  });
});
