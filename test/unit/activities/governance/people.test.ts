import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import type { GovernedOperationInput } from '../../../../src/workflows/messages.ts';
import { GovernedSteps } from '../../../support/governed-steps.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { policy } from '../../../support/policies.ts';

describe('the people of a request', () => {
  let database: TestDatabase;
  let store: Store;
  let emulators: RunningEmulators;
  let governed: GovernedSteps;
  let ann: ReturnType<RunningEmulators['okta']['addUser']>;
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
    ann = emulators.okta.addUser({
      login: 'Ann.Admin@example.com',
      profile: { email: 'ann@example.com' },
      groups: ['Approvers'],
    });
    emulators.okta.addUser({ login: 'bob@example.com', groups: ['Approvers'] });
    target = emulators.okta.addUser({ login: 'target@example.com' });
    for (const login of ['one@example.com', 'two@example.com'])
      emulators.okta.addUser({ login, profile: { email: 'shared@example.com' } });
    const denied = (name: string, principal: string, operation: string) =>
      policy({ name, principals: [principal], deny: [operation] });
    governed = new GovernedSteps(store, emulators, {
      policies: [
        denied('by login', 'user:ANN.admin@Example.com', 'users:unsuspend'),
        denied('by id', `user:${ann.id}`, 'users:expire_password'),
      ],
    });
  });
  afterEach(() => emulators.close());

  const suspend = (given: Pick<GovernedOperationInput, 'as' | 'onBehalfOf'>) =>
    governed.open({ operation: 'users:suspend', params: { userId: target.id }, ...given });

  it.each([
    ['the address', () => 'user:ann@example.com'],
    ['the login in another case', () => 'user:ANN.ADMIN@EXAMPLE.COM'],
    ['the id', () => `user:${ann.id}`],
  ])('the requester never approves, named by %s', async (_, as) => {
    expect(await suspend({ as: as() })).toEqual({ state: 'pending', code: null });
    expect((await governed.record()).requesterId).toBe(ann.id);
    expect(await governed.vote(ann.id)).toMatchObject({ accepted: false, code: 'banned' });
    expect(await governed.vote('bob@example.com')).toMatchObject({ state: 'APPROVED' });
  });

  it('the person on whose behalf it is requested never approves, named by the address', async () => {
    await suspend({ as: 'flow:mine', onBehalfOf: 'ann@example.com' });
    expect(await governed.vote(ann.id)).toMatchObject({ accepted: false, code: 'banned' });
  });

  it.each([
    ['a requester whom nobody knows', { as: 'user:ann@example.org' }, 'requester_unresolved'],
    [
      'a requester with a shared address',
      { as: 'user:shared@example.com' },
      'requester_unresolved',
    ],
    [
      'an unknown person on whose behalf it is requested',
      { as: 'flow:mine', onBehalfOf: 'nobody@example.com' },
      'on_behalf_of_unresolved',
    ],
  ])('%s ends the request', async (_, given, code) => {
    expect(await suspend(given)).toEqual({ state: 'denied', code });
    expect(await governed.record()).toMatchObject({ state: 'denied', outcome: { code } });
  });

  it.each(['user:anonymous', 'user:Anonymous', 'agent:soc', 'flow:mine', 'workflow:mine'])(
    '%s is no person on whose behalf something is requested',
    async (onBehalfOf) => {
      expect(await suspend({ as: 'flow:mine', onBehalfOf })).toMatchObject({ state: 'pending' });
      expect((await governed.record()).onBehalfOf).toBeNull();
    },
  );

  it('a deny holds for the same person under every name', async () => {
    const names = ['Ann.Admin@example.com', ' ann.admin@EXAMPLE.com', ann.id, 'ann@example.com'];
    for (const operation of ['users:unsuspend', 'users:expire_password']) {
      for (const name of names) {
        const input = { operation, params: { userId: target.id }, as: `user:${name}` };
        expect(await governed.open(input)).toEqual({ state: 'denied', code: 'explicit_deny' });
      }
      const other = { operation, params: { userId: target.id }, as: 'user:bob@example.com' };
      expect(await governed.open(other)).not.toMatchObject({ state: 'denied' });
    }
  });
});
