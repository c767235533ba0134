import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import type { Policy } from '../../../../src/governance/types.ts';
import { governedParts } from '../../../support/governed-parts.ts';
import type { GovernedParts } from '../../../support/governed-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { policy } from '../../../support/policies.ts';

describe('a request under policies with conditions', () => {
  let database: TestDatabase;
  let store: Store;
  let parts: GovernedParts;
  let okta: RunningEmulators['okta'];
  let target: ReturnType<RunningEmulators['okta']['addUser']>;
  let contractors: ReturnType<RunningEmulators['okta']['addGroup']>;
  let serial = 0;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });
  beforeEach(async () => {
    parts = await governedParts(store);
    ({ okta } = parts.emulators);
    contractors = okta.addGroup({ name: 'Contractors' });
    target = okta.addUser({ login: 'target@example.com', groups: ['Contractors'] });
  });
  afterEach(() => parts.emulators.close());

  const allow = (when: Policy['when']): Policy =>
    policy({
      name: 'conditional',
      principals: ['agent:soc'],
      operations: ['groups:add_member', 'users:read_detail', 'users:update'],
      riskMax: 'MEDIUM',
      ...(when && { when }),
    });
  const open = (operation: string, params: Record<string, unknown>) =>
    parts.open(`conditional-${(serial += 1)}`, {
      operation,
      params: params as never,
      as: 'agent:soc',
    });
  const add = (name: string) =>
    open('groups:add_member', { groupId: okta.addGroup({ name }).id, userId: target.id });

  it('is decided by the name of the group, the groups of the user and its administrator roles', async () => {
    parts.policies.extra = [
      allow([
        { field: 'group.name', operator: 'in', value: ['MFA', 'Training'] },
        { field: 'user.groups', operator: 'contains', value: 'Contractors' },
        { field: 'is_admin', operator: 'eq', value: false },
      ]),
    ];
    expect(await add('MFA')).toEqual({ state: 'open', code: null });
    expect(await add('Finance')).toEqual({ state: 'denied', code: 'default_deny' });
    target = okta.addUser({ login: 'other@example.com' });
    expect(await add('Training')).toEqual({ state: 'denied', code: 'default_deny' });
  });

  it('inspects the target of a read too, if a condition reads it', async () => {
    parts.policies.extra = [allow([{ field: 'user.status', operator: 'eq', value: 'SUSPENDED' }])];
    const read = () => open('users:read_detail', { userId: target.id });
    expect(await read()).toEqual({ state: 'denied', code: 'default_deny' });
    okta.setStatus(target, 'SUSPENDED');
    expect(await read()).toEqual({ state: 'open', code: null });
  });

  it('is decided by the same facts right before the call', async () => {
    parts.policies.extra = [
      allow([{ field: 'user.groups', operator: 'contains', value: 'Contractors' }]),
    ];
    expect(await add('Training')).toEqual({ state: 'open', code: null });
    const requestId = `conditional-${serial}`;
    contractors.members?.delete(target.id);
    expect(await parts.perform(requestId)).toEqual({ state: 'stale', code: 'policy_changed' });
  });
});
