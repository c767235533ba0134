import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import type { Policy } from '../../../../src/governance/types.ts';
import { approvalHistory } from '../../../../src/services/approvals/history.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { GovernedSteps } from '../../../support/governed-steps.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { policy } from '../../../support/policies.ts';

/** Longer than a request waits for a channel, shorter than the time-out of a call. */
const WELL_BEFORE_TIMEOUT_MS = 15_000;

describe('the approvers of a request', () => {
  let database: TestDatabase;
  let store: Store;
  let emulators: RunningEmulators;
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
    emulators.okta.addUser({ login: 'ann@example.com', groups: ['Approvers'] });
    emulators.okta.addUser({ login: 'bob@example.com', groups: ['Approvers'] });
    emulators.okta.addUser({ login: 'owner@example.com', groups: ['Owners'] });
    emulators.okta.addUser({ login: 'dee@example.com' });
    target = emulators.okta.addUser({ login: 'target@example.com' });
    emulators.slack.members.length = 0;
    emulators.slack.addMember({ email: 'dee@example.com' });
  });
  afterEach(() => emulators.close());

  const granting = (name: string, given: Partial<Policy>): Policy =>
    policy({
      name,
      principals: ['agent:soc'],
      operations: ['users:suspend', 'users:clear_sessions'],
      riskMax: 'CRITICAL',
      ...given,
    });
  const by = (group: string): Partial<Policy> => ({
    approvers: { any_of: [`group:${group}`], count: 1, expiresInMs: null, grantValidForMs: null },
  });
  const steps = (...policies: Policy[]) => new GovernedSteps(store, emulators, { policies });
  const suspend = () => ({
    operation: 'users:suspend',
    params: { userId: target.id },
    as: 'agent:soc',
  });
  const leaves = (login: string, group: string): void => {
    const user = emulators.okta.user(login);
    emulators.okta.groupNamed(group)?.members?.delete(`${user?.id}`);
  };

  describe('are counted again before the call', () => {
    it('the only approver who left the group does not count', async () => {
      const governed = steps(granting('one', by('Approvers')));
      await governed.open(suspend());
      expect(await governed.vote('ann@example.com')).toMatchObject({ state: 'APPROVED' });
      leaves('ann@example.com', 'Approvers');
      expect(await governed.perform()).toEqual({ state: 'stale', code: 'approver_changed' });
    });

    it('for each policy: one that is no longer met makes the request stale', async () => {
      const governed = steps(granting('one', by('Approvers')), granting('two', by('Owners')));
      await governed.open(suspend());
      expect(await governed.vote('ann@example.com')).toMatchObject({ state: 'PENDING' });
      expect(await governed.vote('owner@example.com')).toMatchObject({ state: 'APPROVED' });
      leaves('owner@example.com', 'Owners');
      expect(await governed.perform()).toEqual({ state: 'stale', code: 'approver_changed' });
    });

    it('an approver whom the escalation added counts', async () => {
      const governed = steps(granting('one', by('Owners')));
      await governed.open(suspend());
      expect(await governed.vote('ann@example.com')).toMatchObject({ code: 'not_eligible' });
      await governed.escalate();
      expect(await governed.vote('ann@example.com')).toMatchObject({ state: 'APPROVED' });
      expect((await governed.record()).approval?.escalated).toHaveLength(2);
      expect(await governed.perform()).toEqual({ state: 'succeeded', code: null });
    });

    it('an approver of the channel counts while in the channel', async () => {
      const governed = steps(granting('one', { hitlChannel: emulators.document.slackChannel }));
      await governed.open(suspend());
      expect(await governed.vote('dee@example.com')).toMatchObject({ state: 'APPROVED' });
      expect(await governed.perform()).toEqual({ state: 'succeeded', code: null });
      await governed.open({
        ...suspend(),
        params: { userId: `${emulators.okta.user('bob@example.com')?.id}` },
      });
      expect(await governed.vote('dee@example.com')).toMatchObject({ state: 'APPROVED' });
      emulators.slack.members.length = 0;
      expect(await governed.perform()).toEqual({ state: 'stale', code: 'approver_changed' });
    });
  });

  it('do not include a channel that does not answer, until it does', async () => {
    const governed = steps(granting('one', { hitlChannel: emulators.document.slackChannel }));
    emulators.faults.add({ vendor: 'slack', kind: 'hang' });
    const begun = performance.now();
    expect(await governed.open(suspend())).toEqual({ state: 'pending', code: null });
    expect(performance.now() - begun).toBeLessThan(WELL_BEFORE_TIMEOUT_MS);
    const source = `channel:${emulators.document.slackChannel}`;
    expect((await governed.record()).approval?.unread).toMatchObject([{ source, code: 'slow' }]);
    expect(await governed.eligible()).toHaveLength(2);
    emulators.faults.clear();
    await governed.remind();
    expect((await governed.record()).approval?.unread).toEqual([]);
    expect(await governed.eligible()).toHaveLength(3);
  });

  it('of whom there is none end the request, and `why` names that', async () => {
    emulators.okta.addGroup({ name: 'Nobody' });
    const governed = steps(granting('one', by('Nobody')));
    expect(await governed.open(suspend())).toEqual({
      state: 'denied',
      code: 'no_eligible_approver',
    });
    const [, denied] = await approvalHistory(store, await governed.record());
    expect(denied).toMatchObject({ kind: 'action.denied' });
    expect(denied?.text).toMatch(/no eligible approver/);
    expect(denied?.text).toContain('(no_eligible_approver)');
  });

  it('include a voter who is in a channel that could not be read', async () => {
    const governed = steps(granting('one', { hitlChannel: emulators.document.slackChannel }));
    emulators.faults.add({ vendor: 'slack', kind: 'status', status: 503 });
    await governed.open(suspend());
    emulators.faults.clear();
    expect(await governed.vote('dee@example.com')).toMatchObject({ state: 'APPROVED' });
    expect(await governed.perform()).toEqual({ state: 'succeeded', code: null });
  });

  describe('whose request cannot be judged', () => {
    const UNKNOWN_404 = {
      vendor: 'okta',
      pathPattern: `/users/[^/]+/roles`,
      kind: 'status',
      status: 404,
      body: '<html>',
    } as const;

    it('end it as denied after five tries, with what was unreadable', async () => {
      const governed = steps(granting('one', by('Approvers')));
      emulators.faults.add(UNKNOWN_404);
      await expect(governed.open(suspend())).rejects.toMatchObject({ nonRetryable: false });
      await expect(governed.openAgain(suspend(), 4)).rejects.toMatchObject({ nonRetryable: false });
      expect(await governed.openAgain(suspend(), 5)).toEqual({
        state: 'denied',
        code: 'facts_unreadable',
      });
      expect((await governed.record()).outcome).toMatchObject({
        operation: 'okta:users:read_roles',
        status: 404,
        expected: expect.any(String),
      });
    });

    it('end it as failed before the call', async () => {
      const governed = steps(granting('one', by('Approvers')));
      await governed.open(suspend());
      await governed.vote('ann@example.com');
      emulators.faults.add(UNKNOWN_404);
      await expect(governed.perform(1)).rejects.toMatchObject({ nonRetryable: false });
      expect(await governed.perform(8)).toEqual({ state: 'failed', code: 'facts_unreadable' });
      expect(emulators.okta.user(target.id)?.status).toBe('ACTIVE');
    });
  });
});
