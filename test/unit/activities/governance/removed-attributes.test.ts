import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { approvalDocument } from '../../../../src/services/approvals/approval-document.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { governedParts } from '../../../support/governed-parts.ts';
import type { GovernedParts } from '../../../support/governed-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

describe('an update of a profile', () => {
  let database: TestDatabase;
  let store: Store;
  let parts: GovernedParts;
  let okta: RunningEmulators['okta'];
  let target: ReturnType<RunningEmulators['okta']['addUser']>;
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
    requestId = `update-${(serial += 1)}`;
    parts = await governedParts(store);
    ({ okta } = parts.emulators);
    target = okta.addUser({ login: 'target@example.com' });
    okta.patchUser(target, { profile: { department: 'Sales', costCenter: 'canary-4711' } });
  });
  afterEach(() => parts.emulators.close());

  const open = (operation: string, params: Record<string, unknown>) =>
    parts.open(requestId, { operation, params: params as never, as: 'user:requester@example.com' });
  const named = (): Record<string, string> => ({
    ...Object.fromEntries(Object.keys(target.profile).map((name) => [name, 'x'])),
    login: 'target@example.com',
    email: 'target@example.com',
  });

  it('of a user keeps the attributes that are not named, unless replacing is asked for', async () => {
    const update = { userId: target.id, profile: { title: 'Engineer' } };
    expect(await open('users:update', update)).toEqual({ state: 'open', code: null });
    expect(await parts.perform(requestId)).toEqual({ state: 'succeeded', code: null });
    expect(target.profile).toMatchObject({
      title: 'Engineer',
      department: 'Sales',
      costCenter: 'canary-4711',
    });
  });

  it('that replaces is HIGH and lists the names of what it would remove, without values', async () => {
    const { ['department']: _d, ['costCenter']: _c, ...profile } = named();
    expect(await open('users:update', { userId: target.id, mode: 'replace', profile })).toEqual({
      state: 'pending',
      code: null,
    });
    const record = await store.requests.get(requestId);
    expect(record).toMatchObject({ risk: 'HIGH' });
    expect(approvalDocument(record!).removes).toEqual(['costCenter', 'department']);
    expect(JSON.stringify(record)).not.toContain('canary-4711');
    const own = await store.audit.list({ run: requestId, limit: 100 });
    expect(JSON.stringify(own)).not.toContain('canary-4711');
    await parts.approve(requestId, 'ann@example.com');
    expect(await parts.perform(requestId)).toEqual({ state: 'succeeded', code: null });
    expect(target.profile).toMatchObject({ costCenter: null, department: null });
  });

  it('that replaces is stale if it would remove more than was approved', async () => {
    const { ['department']: _d, ...profile } = named();
    await open('users:update', { userId: target.id, mode: 'replace', profile });
    await parts.approve(requestId, 'ann@example.com');
    okta.patchUser(target, { profile: { division: 'EMEA' } });
    expect(await parts.perform(requestId)).toEqual({ state: 'stale', code: 'target_changed' });
  });

  it('that replaces and names every attribute needs no approval', async () => {
    const update = { userId: target.id, mode: 'replace', profile: named() };
    expect(await open('users:update', update)).toEqual({ state: 'open', code: null });
  });

  it('of a group is HIGH if it would remove the description', async () => {
    const group = okta.addGroup({ name: 'Finance' });
    const groupId = group.id;
    expect(await open('groups:update', { groupId, name: 'Finances' })).toMatchObject({
      state: 'open',
    });
    requestId += '-described';
    expect(
      await open('groups:update', { groupId, name: 'Finances', description: 'Payroll' }),
    ).toMatchObject({ state: 'open' });
    expect(await parts.perform(requestId)).toMatchObject({ state: 'succeeded' });
    requestId += '-removed';
    expect(await open('groups:update', { groupId, name: 'Finance' })).toMatchObject({
      state: 'pending',
    });
    expect(approvalDocument((await store.requests.get(requestId))!).removes).toEqual([
      'description',
    ]);
  });
});
