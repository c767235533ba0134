import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { createGovernedActivities } from '../../../../src/activities/governance/create.ts';
import type { GovernedActivities } from '../../../../src/activities/governance/types.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import type { GovernedOperationInput } from '../../../../src/workflows/messages.ts';
import { inActivity, mfaParts } from '../../../support/mfa-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

const START = Date.parse('2026-03-02T08:00:00.000Z');
const HOUR = 3_600_000;
/** Longer than a call may take. */
const LATER = 36_000;
const ADD_MEMBER = { vendor: 'okta', method: 'PUT', pathPattern: '/groups/.*/users/' } as const;

describe('a governed operation', () => {
  let database: TestDatabase;
  let store: Store;
  let emulators: RunningEmulators;
  let activities: GovernedActivities;
  let time = START;
  let serial = 0;
  let requestId = '';
  let target: ReturnType<RunningEmulators['okta']['addUser']>;
  let group: ReturnType<RunningEmulators['okta']['addGroup']>;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });
  beforeEach(async () => {
    time = START;
    requestId = `request-${(serial += 1)}`;
    emulators = await startEmulators({ profile: 'empty', rateLimit: 0, log: null });
    group = emulators.okta.addGroup({ name: 'MFA' });
    target = emulators.okta.addUser({ login: 'target@example.com' });
    for (const name of ['ann', 'requester'])
      emulators.okta.addUser({ login: `${name}@example.com`, groups: ['Approvers'] });
    const now = (): Date => new Date((time += 1));
    const { connectors } = mfaParts(store, emulators, now);
    activities = createGovernedActivities({
      store,
      connectors,
      org: new URL(emulators.document.okta).host,
      settings: () => ({
        requireSigned: false,
        criticalQuorum: 2,
        defaultApprovers: ['group:Approvers'],
        expiresInMs: HOUR,
        grantValidForMs: HOUR,
        tenureMs: 24 * HOUR,
        protected: [],
      }),
      now,
      random: () => 0,
      flushCalls: async () => undefined,
    });
  });
  afterEach(() => emulators.close());

  const open = (operation: string, params: GovernedOperationInput['params']) =>
    inActivity(() =>
      activities.openRequest({
        requestId,
        run: requestId,
        now: time,
        input: { operation, params: params ?? {}, as: 'user:requester@example.com' },
      }),
    );
  const openAdding = () => open('groups:add_member', { groupId: group.id, userId: target.id });
  const perform = (attempt = 1) =>
    inActivity(() => activities.performRequest({ requestId }), attempt);
  const isMember = (): boolean => emulators.okta.isMember(group, target);
  const writes = (): number =>
    emulators.traffic.statistics().find(({ operation }) => operation === 'groups:add_member')
      ?.begun ?? 0;
  const kinds = async (): Promise<string[]> =>
    (await store.audit.list({ run: requestId, limit: 100 })).map(({ entry }) => entry.kind);

  it('is called once, however often the activity is repeated', async () => {
    expect(await openAdding()).toEqual({ state: 'open', code: null });
    expect(await perform()).toEqual({ state: 'succeeded', code: null });
    expect(await perform(2)).toEqual({ state: 'succeeded', code: null });
    expect(isMember()).toBe(true);
    expect(writes()).toBe(1);
    const calls = await store.audit.list({ run: requestId, kind: 'action.succeeded', limit: 100 });
    const own = calls.filter(({ entry }) => entry.operation === 'okta:groups:add_member');
    expect(own).toHaveLength(1);
  });

  it('is found done at its target if the answer to the call is lost', async () => {
    await openAdding();
    emulators.faults.add({ ...ADD_MEMBER, kind: 'reset', moment: 'after', times: 1 });
    expect(await perform()).toEqual({ state: 'succeeded', code: 'found_done' });
    expect(writes()).toBe(1);
  });

  it('is called again after an interruption, but only once the first call cannot take effect any more', async () => {
    await openAdding();
    const at = new Date(time).toISOString();
    await store.requests.move(null, requestId, ['open'], { state: 'performing', at });
    await expect(perform(2)).rejects.toMatchObject({ type: 'unavailable', nonRetryable: false });
    expect(writes()).toBe(0);
    time += LATER;
    expect(await perform(3)).toEqual({ state: 'succeeded', code: null });
    expect(isMember()).toBe(true);
  });

  it('ends as succeeded after an interruption if the target shows its effect', async () => {
    await openAdding();
    const at = new Date(time).toISOString();
    await store.requests.move(null, requestId, ['open'], { state: 'performing', at });
    group.members?.add(target.id);
    expect(await perform(2)).toEqual({ state: 'succeeded', code: 'found_done' });
    expect(writes()).toBe(0);
  });

  it('ends as unknown if it was cancelled and its target cannot show the effect', async () => {
    await open('users:update', { userId: target.id, profile: { title: 'Engineer' } });
    const at = new Date(time).toISOString();
    await store.requests.move(null, requestId, ['open'], { state: 'performing', at });
    const cancel = () => inActivity(() => activities.endRequest({ requestId, state: 'cancelled' }));
    await expect(cancel()).rejects.toMatchObject({ type: 'unavailable' });
    time += LATER;
    expect(await cancel()).toEqual({ state: 'unknown', code: 'interrupted' });
    expect((await kinds()).at(-1)).toBe('action.unknown');
  });

  it('ends as cancelled if it was cancelled before the call', async () => {
    await openAdding();
    const ended = await inActivity(() => activities.endRequest({ requestId, state: 'cancelled' }));
    expect(ended).toEqual({ state: 'cancelled', code: 'cancelled' });
    expect(await perform()).toEqual({ state: 'cancelled', code: 'cancelled' });
    expect(isMember()).toBe(false);
  });

  describe('that needs approval', () => {
    const approve = () =>
      inActivity(() =>
        activities.decideApproval({
          requestId,
          now: time,
          decision: { decisionId: 'one', verdict: 'approve', approver: 'ann@example.com' },
        }),
      );

    it('is called with its grant, which is used up', async () => {
      expect(await open('users:suspend', { userId: target.id })).toMatchObject({
        state: 'pending',
      });
      expect(await approve()).toMatchObject({ accepted: true, state: 'APPROVED' });
      expect(await perform()).toEqual({ state: 'succeeded', code: null });
      expect(emulators.okta.user(target.id)?.status).toBe('SUSPENDED');
      expect((await kinds()).filter((kind) => kind.startsWith('grant.'))).toEqual([
        'grant.issued',
        'grant.used',
      ]);
    });

    it('is stale, and not called, if the target has changed since it was approved', async () => {
      await open('users:suspend', { userId: target.id });
      await approve();
      emulators.okta.patchUser(target, { profile: { title: 'Engineer' } });
      expect(await perform()).toEqual({ state: 'stale', code: 'target_changed' });
      expect(emulators.okta.user(target.id)?.status).toBe('ACTIVE');
    });

    it('is stale if the approver may no longer approve', async () => {
      await open('users:suspend', { userId: target.id });
      await approve();
      emulators.okta.setStatus(emulators.okta.user('ann@example.com')!, 'SUSPENDED');
      expect(await perform()).toEqual({ state: 'stale', code: 'approver_changed' });
    });

    it('is never approved by its requester', async () => {
      await open('users:suspend', { userId: target.id });
      const answer = await inActivity(() =>
        activities.decideApproval({
          requestId,
          now: time,
          decision: { decisionId: 'own', verdict: 'approve', approver: 'requester@example.com' },
        }),
      );
      expect(answer).toMatchObject({ accepted: false, state: 'PENDING' });
    });
  });
});
